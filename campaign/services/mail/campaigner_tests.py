"""Test mails: to the campaigner who writes the words of a mail, as signatories get it."""

from typing import Any

from campaign.domain.accounts.actor import Actor
from campaign.domain.campaigns.campaign import Campaign
from campaign.domain.mail.kinds import MailKind
from campaign.jobs import DELIVER_MAIL
from campaign.runtime import Runtime
from campaign.runtime.rate_limits import is_within_limit
from campaign.store.mail import outbox

MAX_TESTS, TESTS_WINDOW_SECONDS = 20, 3600
"""Test mails of one kind a campaigner may send to themselves, in which time."""
_LIMITS = {MailKind.UPDATE_TEST: "update", MailKind.THANK_YOU_TEST: "thank-you"}
"""What the limit of a kind is called in Redis."""


def send_update_test(runtime: Runtime, actor: Actor, campaign: Campaign, update_id: int) -> bool:
    """Mail an update to the campaigner who asks, as its recipients would get it. False after too many in an hour."""
    return _send(runtime, actor, campaign, MailKind.UPDATE_TEST, {"update": update_id})


def send_thank_you_test(runtime: Runtime, actor: Actor, campaign: Campaign, language: str) -> bool:
    """Mail the thanks of a campaign, in a language, to the campaigner who asks. False after too many in an hour."""
    return _send(runtime, actor, campaign, MailKind.THANK_YOU_TEST, {"language": language})


def _send(runtime: Runtime, actor: Actor, campaign: Campaign, kind: MailKind, facts: dict[str, Any]) -> bool:
    name = _LIMITS[kind]
    if not is_within_limit(runtime, f"{name}-test", f"{name} test {actor.campaigner_id}", MAX_TESTS, TESTS_WINDOW_SECONDS):
        return False
    with runtime.transaction() as connection:
        outbox.enqueue_campaigner_mail(
            connection, kind, runtime.now(), campaigner_id=actor.campaigner_id, campaign_id=campaign.id, facts=facts
        )
    runtime.enqueue_once(DELIVER_MAIL)
    return True
