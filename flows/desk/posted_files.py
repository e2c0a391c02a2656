"""Forms with files, as browsers send them without scripts: bounded in bytes, files and fields as they arrive.

Files are spooled to disk; nothing of them is looked into here.
"""

from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from fastapi import HTTPException, Request
from starlette.datastructures import FormData, UploadFile
from starlette.formparsers import MultiPartException, MultiPartParser

LONGEST_FIELD_BYTES = 20_000
MOST_FIELDS = 20
# What separates the parts, and says what each is.
_FRAME_BYTES = 100_000


@dataclass(frozen=True, slots=True)
class Posted:
    """What a form brought: each field's first value, and its files in their order, but empty ones."""

    fields: dict[str, str]
    files: tuple[UploadFile, ...]


@asynccontextmanager
async def posted_files(request: Request, largest_bytes: int, most_files: int) -> AsyncIterator[Posted]:
    """The form, whose files are gone afterwards.

    Raises HTTPException 413 for more than all files may have together, 400 for what is no such form.
    """
    if not request.headers.get("content-type", "").startswith("multipart/form-data"):
        raise HTTPException(400)
    parser = MultiPartParser(
        request.headers,
        _bounded(request, largest_bytes + _FRAME_BYTES),
        max_files=most_files,
        max_fields=MOST_FIELDS,
        max_part_size=LONGEST_FIELD_BYTES,
    )
    try:
        form = await parser.parse()
    except (MultiPartException, ValueError, KeyError) as error:
        raise HTTPException(400) from error
    try:
        yield _posted(form)
    finally:
        await form.close()


async def _bounded(request: Request, largest_bytes: int) -> AsyncGenerator[bytes, None]:
    seen = 0
    async for piece in request.stream():
        seen += len(piece)
        if seen > largest_bytes:
            raise HTTPException(413)
        yield piece


def _posted(form: FormData) -> Posted:
    fields: dict[str, str] = {}
    files = []
    for name, value in form.multi_items():
        if isinstance(value, str):
            fields.setdefault(name, value)
        elif value.filename:
            files.append(value)
    return Posted(fields, tuple(files))
