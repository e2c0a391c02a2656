"""Tags before and behind sound: ID3v2 at the beginning; ID3v1, APE, Lyrics3 and ID3v2's footer at the end."""

from tasks.media.structure.file_bytes import FileBytes

ID3V1_BYTES = 128
APE_FOOTER_BYTES = 32
LYRICS_FOOTER_BYTES = 15
ID3V2_HEADER_BYTES = 10
MOST_TAGS = 16


def leading_tags_end(file: FileBytes) -> int:
    """Where the sound begins: behind all ID3v2 tags."""
    position = 0
    for _ in range(MOST_TAGS):
        header = file.up_to(position, ID3V2_HEADER_BYTES)
        if len(header) < ID3V2_HEADER_BYTES or header[:3] != b"ID3":
            break
        footer = ID3V2_HEADER_BYTES if header[5] & 0x10 else 0
        position += ID3V2_HEADER_BYTES + _syncsafe(header[6:10]) + footer
    return min(position, file.size)


def trailing_tags_start(file: FileBytes) -> int:
    """Where the sound ends: before all tags."""
    end = file.size
    for _ in range(MOST_TAGS):
        tag_bytes = _trailing_tag_bytes(file, end)
        if not 0 < tag_bytes <= end:
            break
        end -= tag_bytes
    return end


def _trailing_tag_bytes(file: FileBytes, end: int) -> int:
    """How long the tag is that ends there; 0 where there is none."""
    if _before(file, end, ID3V1_BYTES)[:3] == b"TAG":
        return ID3V1_BYTES
    ape = _before(file, end, APE_FOOTER_BYTES)
    if ape[:8] == b"APETAGEX":
        has_header = ape[23] & 0x80
        return int.from_bytes(ape[12:16], "little") + (APE_FOOTER_BYTES if has_header else 0)
    lyrics = _before(file, end, LYRICS_FOOTER_BYTES)
    if lyrics[6:] == b"LYRICS200" and lyrics[:6].isdigit():
        return int(lyrics[:6]) + LYRICS_FOOTER_BYTES
    id3v2 = _before(file, end, ID3V2_HEADER_BYTES)
    if id3v2[:3] == b"3DI":
        return _syncsafe(id3v2[6:10]) + 2 * ID3V2_HEADER_BYTES
    return 0


def _before(file: FileBytes, end: int, count: int) -> bytes:
    return file.at(end - count, count) if end >= count else b""


def _syncsafe(four: bytes) -> int:
    """Seven bits of each byte count."""
    return sum((byte & 0x7F) << 7 * (3 - index) for index, byte in enumerate(four))
