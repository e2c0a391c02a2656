"""The fields of a form, read without ever holding one that is larger than expected."""

from typing import Annotated
from urllib.parse import parse_qs

from fastapi import Depends, HTTPException, Request

from transcripts.composed_text import composed

LARGEST_FORM_BYTES = 8_000
MOST_FIELDS = 10


async def small_form(request: Request) -> dict[str, str]:
    """Each field's first value. Raises HTTPException 413, and 400 for what is no form."""
    return await form_fields(request, LARGEST_FORM_BYTES, MOST_FIELDS)


async def form_fields(request: Request, largest_bytes: int, most_fields: int) -> dict[str, str]:
    """Each field's first value, composed. Raises HTTPException 413, and 400 for what is no form."""
    body = b""
    async for piece in request.stream():
        body += piece
        if len(body) > largest_bytes:
            raise HTTPException(413)
    try:
        fields = parse_qs(body.decode(), keep_blank_values=True, max_num_fields=most_fields)
    except ValueError as error:
        raise HTTPException(400) from error
    return {name: composed(values[0]) for name, values in fields.items()}


SmallForm = Annotated[dict[str, str], Depends(small_form)]
