"""What reading a document may use: in proportion to its bytes and pages, and never more than was allowed.

The numbers are many times what slow machines need for good documents; see docs/security.md.
"""

from dataclasses import dataclass

from tasks.sandbox.resource_limits import GIGABYTE, MEGABYTE, Limits

READING_SECONDS, READING_SECONDS_PER_PAGE = 60, 3.0
OCR_SECONDS, OCR_SECONDS_PER_PAGE = 120, 90.0
OFFICE_SECONDS = 300.0
SECONDS_PER_MEGABYTE = 1.0
# How much longer than the processor works it may take, on a machine with much else to do.
PATIENCE_SECONDS, PATIENCE = 240, 4
WRITTEN_BYTES, WRITTEN_BYTES_PER_PAGE = 64 * MEGABYTE, 40 * MEGABYTE
COPIES = 4


@dataclass(frozen=True, slots=True)
class DocumentLimits:
    """How large a document may be, and what each process that reads it may fill."""

    most_bytes: int = 200 * MEGABYTE
    most_pages: int = 2_000
    memory_bytes: int = 1_500 * MEGABYTE
    most_written_bytes: int = 2 * GIGABYTE

    def reading(self, size_bytes: int, pages: int) -> Limits:
        """Every page is read and drawn once."""
        return self._limits(READING_SECONDS + READING_SECONDS_PER_PAGE * pages, size_bytes, pages)

    def recognising(self, size_bytes: int, pages: int) -> Limits:
        """Text is recognised in the pictures of pages; each is a process of its own for part of the time."""
        return self._limits(OCR_SECONDS + OCR_SECONDS_PER_PAGE * pages, size_bytes, pages)

    def office(self, size_bytes: int, _pages: int = 0) -> Limits:
        """Pages are made by an office suite; how many is not known before."""
        return self._limits(OFFICE_SECONDS, size_bytes, 1)

    def _limits(self, seconds: float, size_bytes: int, pages: int) -> Limits:
        seconds += SECONDS_PER_MEGABYTE * size_bytes / MEGABYTE
        written_bytes = WRITTEN_BYTES + COPIES * size_bytes + WRITTEN_BYTES_PER_PAGE * pages
        return Limits(
            memory_bytes=self.memory_bytes,
            address_bytes=4 * self.memory_bytes + COPIES * size_bytes,
            processor_seconds=round(seconds),
            wall_seconds=PATIENCE_SECONDS + PATIENCE * seconds,
            file_bytes=min(written_bytes, self.most_written_bytes),
        )


DEFAULT_LIMITS = DocumentLimits()
