"""Mail: how it leaves, who sends it, where bounces come back to."""

from typing import Annotated

from pydantic import AfterValidator, SecretStr

from campaign.domain.common.mailbox_rules import read_mailbox_rules
from campaign.domain.mail.mail_url import read_bounce_url, read_mail_url
from campaign.domain.mail.sender import read_sender


def _check_mail_url(value: str) -> str:
    if value:
        read_mail_url(value)
    return value.rstrip("/")


def _check_sender(value: str) -> str:
    if value:
        read_sender(value)
    return value


def _check_bounce_url(value: SecretStr) -> SecretStr:
    if value.get_secret_value():
        read_bounce_url(value.get_secret_value())
    return value


def _check_bounce_address(value: str) -> str:
    if value and read_sender(value).name:
        raise ValueError("must be an address alone, as in bounces@example.org or bounces+@example.org")
    return value


def _check_mailbox_rules(value: str) -> str:
    read_mailbox_rules(value)
    return value


MailUrl = Annotated[str, AfterValidator(_check_mail_url)]
SenderText = Annotated[str, AfterValidator(_check_sender)]
BounceUrl = Annotated[SecretStr, AfterValidator(_check_bounce_url)]
BounceAddress = Annotated[str, AfterValidator(_check_bounce_address)]
MailboxRulesText = Annotated[str, AfterValidator(_check_mailbox_rules)]
