"""Suppressions survive a rotation of SECRET_KEY: who said "never write to me again" is not written to under another key."""

from collections.abc import Callable

from sqlalchemy import text

from campaign.runtime import Runtime
from campaign.services.mail import suppression
from campaign.services.signatures import sign
from campaign.store.signatures import signatures
from tests.support.factories import new_campaign, sign_form_data
from tests.support.secret_keys import OTHER_SECRET_KEY, SECRET_KEY
from tests.support.servers import MailServer
from workers.mail import Mailer

OLD, NEW = SECRET_KEY, OTHER_SECRET_KEY
NEWEST = SECRET_KEY[::-1]
ANN = "ann@example.org"


def test_never_write_to_me_again_holds_under_every_later_key(make_runtime: Callable[..., Runtime], mail: MailServer) -> None:
    old = make_runtime(mail_url=mail.url, secret_key=OLD)
    first = new_campaign(old)
    sign.sign_campaign(old, first.id, first.text.hash, sign_form_data(ANN))
    with old.reading() as connection:
        key = str(connection.execute(text("SELECT link_key FROM signatures")).scalar_one())
        signature = signatures.get_signature(connection, 1, key)
    assert signature is not None
    suppression.suppress_own_mailbox(old, signature)
    for number, (secret, fallbacks) in enumerate(((NEW, OLD), (NEWEST, NEW))):
        # By the second time the oldest key is gone: what it had noted was noted again by the one after it.
        later = make_runtime(mail_url=mail.url, secret_key=secret, secret_key_fallbacks=fallbacks)
        campaign = new_campaign(later, slug=f"pond-{number}")
        sign.sign_campaign(later, campaign.id, campaign.text.hash, sign_form_data(ANN))
        sign.sign_campaign(later, campaign.id, campaign.text.hash, sign_form_data(f"somebody{number}@example.org"))
        Mailer(later, gather_seconds=0).deliver()
        assert mail.mails_to(ANN) == []
        assert len(mail.mails_to(f"somebody{number}@example.org")) == 1
        assert suppression.is_own_mailbox_suppressed(later, signature)
