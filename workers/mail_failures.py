"""Failures of the mail server that concern every mail, kept where operators see them."""

from campaign.mail.errors import MailSenderRefusedError, MailServerUnavailableError
from campaign.runtime import RedisUnavailableError, Runtime
from campaign.store.redis import mail_failure
from campaign.store.redis.mail_failure import MailFailure


class MailFailures:
    """Failures that one worker has met. It writes on a change only, and forgets what another worker met with its own first
    mail."""

    def __init__(self, runtime: Runtime) -> None:
        self._runtime = runtime
        self._may_be_noted = True

    def note(self, error: MailServerUnavailableError) -> None:
        """Note that no mail leaves."""
        failure = MailFailure(self._runtime.now(), str(error), isinstance(error, MailSenderRefusedError))
        self._may_be_noted = True
        try:
            self._runtime.call_redis(lambda redis: mail_failure.note_mail_failure(redis, failure))
        except RedisUnavailableError:
            # The log has it, and mail waits visibly.
            return

    def clear(self) -> None:
        """Note that a mail was taken."""
        if not self._may_be_noted:
            return
        try:
            self._runtime.call_redis(mail_failure.clear_mail_failure)
        except RedisUnavailableError:
            return
        self._may_be_noted = False
