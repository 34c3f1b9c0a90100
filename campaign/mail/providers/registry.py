"""Registry of providers, by the scheme of MAIL_URL."""

from collections.abc import Callable
from datetime import datetime

from campaign.domain.mail.mail_url import MailUrl
from campaign.mail.providers.api_client import ApiTimeouts
from campaign.mail.providers.brevo import Brevo
from campaign.mail.providers.mailgun import Mailgun
from campaign.mail.providers.postmark import Postmark
from campaign.mail.providers.provider import ApiTransport, Provider
from campaign.mail.providers.resend import Resend
from campaign.mail.providers.sendgrid import SendGrid
from campaign.mail.providers.ses import AmazonSes

_PROVIDERS: dict[str, Callable[[MailUrl], Provider]] = {
    "postmark": Postmark, "mailgun": Mailgun, "sendgrid": SendGrid, "brevo": Brevo, "resend": Resend,
}  # fmt: skip


def open_provider(url: MailUrl, now: Callable[[], datetime], timeouts: ApiTimeouts | None = None) -> ApiTransport:
    """A transport by the API a MAIL_URL names. Connects to nothing yet."""
    provider: Provider = AmazonSes(url, now) if url.scheme == "ses" else _PROVIDERS[url.scheme](url)
    return ApiTransport(provider, timeouts)
