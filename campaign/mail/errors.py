"""Results of handing a mail over other than that it was taken. `str()` of each names no address."""


class MailError(Exception):
    """A mail that was not taken, or of which that is not known."""


class MailRefusedError(MailError):
    """Refused for good: the server would refuse this mail again."""


class MailUnavailableError(MailError):
    """Not now: the mail was not taken, and can be later."""

    def __init__(self, reason: str = "", retry_after_seconds: float | None = None) -> None:
        super().__init__(reason)
        self.retry_after_seconds = retry_after_seconds
        """How long the server asks to be left alone; None where it says nothing."""


class MailServerUnavailableError(MailUnavailableError):
    """No mail at all can be taken now: the server is down."""


class MailServerBusyError(MailServerUnavailableError):
    """The server has too much to do: too many connections (421), or too many calls (429)."""


class MailSenderRefusedError(MailServerUnavailableError):
    """The server takes nothing from us: it refuses our sender, key, password or account. An operator must mend it."""


class MailOutcomeUnknownError(MailError):
    """The whole mail was sent and no answer came: perhaps it was taken, perhaps not (RFC 5321, 4.5.3.2.6 and 6.1)."""
