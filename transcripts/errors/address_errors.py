"""The address that somebody gave."""

from transcripts.errors.error_kinds import PermanentError


class AddressError(PermanentError):
    """The address of a recording, as somebody typed or pasted it, cannot be used."""


class UrlMissingError(AddressError):
    """Nothing was given where the address belongs."""


class UrlSchemeError(AddressError):
    """The address does not begin with https:// or http://."""


class UrlLongError(AddressError):
    """The address is longer than any address is."""


class UrlInvalidError(AddressError):
    """The text is no address."""


class UrlSeveralError(AddressError):
    """The text holds several addresses, and it is not clear which is meant."""


class UrlShortenedError(AddressError):
    """The address was shortened for display and ends with an ellipsis."""
