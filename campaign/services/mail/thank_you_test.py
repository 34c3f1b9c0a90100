"""Test of the mail of thanks: to the campaigner who writes its words, as signatories get it."""

from campaign.domain.accounts.actor import Actor
from campaign.domain.campaigns.campaign import Campaign
from campaign.domain.mail.kinds import MailKind
from campaign.jobs import DELIVER_MAIL
from campaign.runtime import Runtime
from campaign.runtime.rate_limits import is_within_limit
from campaign.store.mail import outbox

MAX_TESTS, TESTS_WINDOW_SECONDS = 20, 3600
"""Test mails a campaigner may send to themselves, in which time."""


def send_thank_you_test(runtime: Runtime, actor: Actor, campaign: Campaign, language: str) -> bool:
    """Mail the thanks of a campaign, in a language, to the campaigner who asks. False after too many in an hour."""
    if not is_within_limit(runtime, "thank-you-test", f"thank-you test {actor.campaigner_id}", MAX_TESTS, TESTS_WINDOW_SECONDS):
        return False
    with runtime.transaction() as connection:
        outbox.enqueue_campaigner_mail(
            connection, MailKind.THANK_YOU_TEST, runtime.now(), campaigner_id=actor.campaigner_id, campaign_id=campaign.id,
            facts={"language": language},
        )  # fmt: skip
    runtime.enqueue_once(DELIVER_MAIL)
    return True
