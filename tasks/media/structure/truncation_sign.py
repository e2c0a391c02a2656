"""What in a file's structure shows that it was cut off."""

from enum import StrEnum


class Sign(StrEnum):
    """Why a file is not whole."""

    NO_INDEX = "no_index"
    """The index, or the part with the sound, is not there: without it nothing plays."""
    ELEMENT_CUT = "element_cut"
    """The last box, page, packet, chunk or frame is longer than what is left of the file."""
    LESS_THAN_STATED = "less_than_stated"
    """The file says of itself that it holds more."""
    NO_END_MARK = "no_end_mark"
    """The mark that ends such a file is not there."""
