"""Consequences of a change of credentials, and what the operator can do for who has lost them all."""

from collections.abc import Callable

import pytest
from flask import Flask

from campaign.domain.accounts.actor import Actor
from campaign.domain.common.email_address import read_email_address
from campaign.runtime import RedisUnavailableError, Runtime
from campaign.services.accounts.auth import credential_changes, passkeys, passwords, totp
from campaign.services.accounts.auth.methods import ConfirmMethods, confirm_methods
from campaign.services.accounts.auth.reset import reset_credentials
from campaign.store.accounts import audit_log, campaigners, credentials
from campaign.store.accounts.campaigners import Campaigner
from campaign.store.accounts.passkeys import add_passkey
from campaign.store.redis import sessions
from tests.mail.test_message import body_part
from tests.support.desk_client import new_campaigner, new_session
from tests.support.servers import MailServer
from tests.support.signatory import run_workers

OPERATOR = Actor("the operator", 99, "192.0.2.0/24")


@pytest.fixture
def mary(runtime: Runtime, app: Flask) -> Campaigner:
    return read(runtime, new_campaigner(runtime, app, email="mary@campaign.example").id)


def read(runtime: Runtime, campaigner_id: int) -> Campaigner:
    with runtime.reading() as connection:
        found = campaigners.get_by_id(connection, campaigner_id)
    assert found is not None
    return found


def with_everything(runtime: Runtime, mary: Campaigner) -> Campaigner:
    passwords.set_password(runtime, mary, OPERATOR, "four words nobody puts together", keep_session="")
    with runtime.transaction() as connection:
        add_passkey(connection, mary.id, "credential", b"key", 0, "Phone", runtime.now())
        assert credentials.enable_totp(connection, mary.id, runtime.text_cipher.encrypt(mary.id, "JBSWY3DPEHPK3PXP"), 1)
    totp.renew_recovery_codes(runtime, mary, OPERATOR, keep_session="")
    return read(runtime, mary.id)


def test_every_change_is_told_by_mail(runtime: Runtime, mary: Campaigner, mail: MailServer) -> None:
    passwords.set_password(runtime, mary, OPERATOR, "four words nobody puts together", keep_session="")
    run_workers(runtime)
    [message] = mail.mails_to("mary@campaign.example")
    assert message["Subject"] == "How you sign in to the desk was changed"
    for kind in ("plain", "html"):
        assert "A password was set for your account." in body_part(message, kind)
        assert "/desk/account" in body_part(message, kind)


@pytest.mark.parametrize("act", credential_changes._MAIL_TEXTS)
def test_each_act_fits_the_audit_trail_and_has_words_of_its_own(act: str) -> None:
    assert len(act) <= 40
    assert credential_changes._MAIL_TEXTS[act].endswith(".")


def test_nothing_changes_where_the_other_browsers_cannot_be_signed_out(
    make_runtime: Callable[..., Runtime], mary: Campaigner
) -> None:
    without = make_runtime(redis_url="redis://127.0.0.1:1")
    with pytest.raises(RedisUnavailableError):
        passwords.set_password(without, mary, OPERATOR, "four words nobody puts together", keep_session="")
    assert not read(without, mary.id).has_password


def test_who_has_lost_everything_is_left_with_their_mailbox(runtime: Runtime, app: Flask, mary: Campaigner) -> None:
    mary = with_everything(runtime, mary)
    browser = new_session(runtime, app, mary.id)
    assert reset_credentials(runtime, read_email_address(mary.email).key, OPERATOR)
    mary = read(runtime, mary.id)
    assert (mary.has_password, mary.has_totp, mary.passkeys, totp.recovery_codes_left(runtime, mary.id)) == (False, False, 0, 0)
    assert browser.get("/desk/").status_code == 303
    assert sessions.list_sessions(runtime.redis, runtime.tokens, mary.id, runtime.now()) == []
    with runtime.reading() as connection:
        entry = audit_log.list_entries(connection, None)[0]
    assert (entry.action, entry.actor_name, entry.subject) == ("forget proofs", "the operator", str(mary.id))
    assert not reset_credentials(runtime, "nobody@example.org", OPERATOR)


def test_recovery_codes_go_with_the_last_second_factor_and_not_before(runtime: Runtime, mary: Campaigner) -> None:
    mary = with_everything(runtime, mary)
    assert totp.disable_totp(runtime, mary.id, OPERATOR, keep_session="")
    assert totp.recovery_codes_left(runtime, mary.id) == 10
    [one] = passkeys.list_passkeys(runtime, mary.id)
    assert passkeys.remove_passkey(runtime, mary.id, OPERATOR, one.id, keep_session="")
    assert totp.recovery_codes_left(runtime, mary.id) == 0


def test_with_a_second_factor_neither_mailbox_nor_password_confirms(runtime: Runtime, mary: Campaigner) -> None:
    assert confirm_methods(runtime, mary) == ConfirmMethods(passkey=False, code=False, password=False, mail=True)

    passwords.set_password(runtime, mary, OPERATOR, "four words nobody puts together", keep_session="")
    mary = read(runtime, mary.id)
    assert confirm_methods(runtime, mary) == ConfirmMethods(passkey=False, code=False, password=True, mail=False)

    with runtime.transaction() as connection:
        add_passkey(connection, mary.id, "credential", b"key", 0, "Phone", runtime.now())
    mary = read(runtime, mary.id)
    assert confirm_methods(runtime, mary) == ConfirmMethods(passkey=True, code=False, password=False, mail=False)

    with runtime.transaction() as connection:
        credentials.enable_totp(connection, mary.id, runtime.text_cipher.encrypt(mary.id, "JBSWY3DPEHPK3PXP"), 1)
    mary = read(runtime, mary.id)
    assert confirm_methods(runtime, mary) == ConfirmMethods(passkey=True, code=True, password=False, mail=False)


def test_a_passkey_is_no_way_where_browsers_make_none(make_runtime: Callable[..., Runtime], mary: Campaigner) -> None:
    bare = make_runtime(base_url="http://127.0.0.1:8000")
    with bare.transaction() as connection:
        add_passkey(connection, mary.id, "credential", b"key", 0, "Phone", bare.now())
    assert confirm_methods(bare, read(bare, mary.id)).none
