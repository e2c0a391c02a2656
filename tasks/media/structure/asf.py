"""ASF (WMA, WMV): the stated size of file and data, and packets of one size.

Microsoft's "Advanced Systems Format Specification", 3.2 and 5.
"""

from tasks.media.structure.file_bytes import FileBytes
from tasks.media.structure.truncation_sign import Sign

HEADER = bytes.fromhex("3026b2758e66cf11a6d900aa0062ce6c")
DATA = bytes.fromhex("3626b2758e66cf11a6d900aa0062ce6c")
FILE_PROPERTIES = bytes.fromhex("a1dcab8c47a9cf118ee400c00c205365")
INDEXES = {
    bytes.fromhex("90080033b1e5cf1189f400a0c90349cb"),
    bytes.fromhex("d329e2d6da35d111903400a0c90349be"),
}
OBJECT_HEADER_BYTES = 24
TOP_HEADER_BYTES, DATA_HEADER_BYTES = 30, 50
BROADCAST = 1
PACKET_MARK = 0x82


def sign_in_asf(file: FileBytes) -> Sign | None:
    """Whether as much is there as stated; of a broadcast, whether its last packet is whole."""
    header_end = file.little_number(16, 8)
    if header_end + DATA_HEADER_BYTES > file.size:
        return Sign.ELEMENT_CUT
    properties = _properties(file, header_end)
    if properties is None or file.at(header_end, 16) != DATA:
        return None
    is_broadcast = file.little_number(properties + 88, 4) & BROADCAST
    if not is_broadcast:
        file_bytes, data_bytes = (file.little_number(at, 8) for at in (properties + 40, header_end + 16))
        return Sign.LESS_THAN_STATED if max(file_bytes, header_end + data_bytes) > file.size else None
    packet_bytes = file.little_number(properties + 96, 4)
    return _sign_in_broadcast(file, header_end + DATA_HEADER_BYTES, packet_bytes)


def _sign_in_broadcast(file: FileBytes, start: int, packet_bytes: int) -> Sign | None:
    """Packets of one size, each with a mark of error correction, and perhaps an index behind them."""
    position = start
    while position < file.size:
        if file.number(position, 1) == PACKET_MARK:
            size = packet_bytes
        elif file.up_to(position, 16) in INDEXES:
            size = file.little_number(position + 16, 8)
        else:
            return None
        position += max(1, size)
    return Sign.ELEMENT_CUT if position > file.size else None


def _properties(file: FileBytes, header_end: int) -> int | None:
    """Where the object with the properties of the file begins."""
    position = TOP_HEADER_BYTES
    while position + OBJECT_HEADER_BYTES <= header_end:
        if file.at(position, 16) == FILE_PROPERTIES:
            return position
        position += max(OBJECT_HEADER_BYTES, file.little_number(position + 16, 8))
    return None
