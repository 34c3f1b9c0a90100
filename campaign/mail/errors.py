"""Results of handing a mail over other than that it was taken. `str()` of each names no address."""


class MailError(Exception):
    """A mail that was not taken, or of which that is not known."""


class MailRefusedError(MailError):
    """Refused for good: the server would refuse this mail again."""


class MailUnavailableError(MailError):
    """Not now: the mail was not taken, and can be later."""


class MailServerUnavailableError(MailUnavailableError):
    """No mail at all can be taken now: the server is down, or refuses our sender or our password."""


class MailServerBusyError(MailServerUnavailableError):
    """The server closes the connection (421): it has too many, or asks to be left alone."""


class MailOutcomeUnknownError(MailError):
    """The whole mail was sent and no answer came: perhaps it was taken, perhaps not (RFC 5321, 4.5.3.2.6 and 6.1)."""
