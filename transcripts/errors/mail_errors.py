"""Mails and messages to members and organisers."""

from transcripts.errors.error_kinds import PermanentError, TemporaryError


class MailError(PermanentError):
    """A mail cannot be sent as it is, or with these settings."""


class SmtpLoginError(MailError):
    """The mail server refuses the login."""


class SmtpRefusedError(MailError):
    """The mail server refuses the message."""


class SmtpUrlError(MailError):
    """The mail server's address cannot be read."""


class SmtpCertificateError(MailError):
    """The mail server's certificate is not valid."""


class MailAddressInvalidError(MailError):
    """A mail address is none."""


class TemplateBrokenError(MailError):
    """A template has an error."""


class OutcomeUnknownError(MailError):
    """Nobody knows whether the message went out."""


class AnnouncementGivenUpError(MailError):
    """The announcement was tried in vain for as long as the settings allow."""


class DigestWaitingError(MailError):
    """The mail about news waits for its release."""


class DigestRefusedError(MailError):
    """The mail about news was refused for good."""


class DigestNotDueError(MailError):
    """No mail about news may go out now, or there are none."""


class ListRejectedError(MailError):
    """The mailing list rejected the message."""


class NothingToResolveError(MailError):
    """Nothing about the announcement is unknown."""


class MailmanLoginError(MailError):
    """Mailman refuses the login."""


class MailmanListError(MailError):
    """Mailman does not know the list."""


class ImapUrlError(MailError):
    """The mailbox's address cannot be read."""


class MailboxLoginError(MailError):
    """The mailbox refuses the login."""


class MailboxCertificateError(MailError):
    """The mailbox's certificate is not valid."""


class MailboxFolderError(MailError):
    """The mailbox has no such folder."""


class ChannelCertificateError(MailError):
    """The channel's certificate is not valid."""


class SignalRefusedError(MailError):
    """signal-cli cannot use the account."""


class SignalGroupError(MailError):
    """The Signal account is not in the group."""


class ChannelRefusedError(MailError):
    """The channel refuses the message."""


class MembersUnreadableError(MailError):
    """The file of members cannot be read."""


class MailAwayError(TemporaryError):
    """A server on the way to the members does not answer as it should just now."""


class SmtpUnreachableError(MailAwayError):
    """The mail server does not answer."""


class SmtpDelayedError(MailAwayError):
    """The mail server does not take the message just now."""


class DeliveryInterruptedError(MailAwayError):
    """The connection broke before the message was taken."""


class MailmanUnreachableError(MailAwayError):
    """Mailman does not answer."""


class MailboxUnreachableError(MailAwayError):
    """The mailbox does not answer."""


class ChannelUnreachableError(MailAwayError):
    """The channel does not answer."""


class ChannelDelayedError(MailAwayError):
    """The channel does not take the message just now."""


class MembersAwayError(MailAwayError):
    """The list's server, which knows the members, does not answer."""
