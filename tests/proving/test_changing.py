"""What happens whenever somebody's proofs change, and what the operator can do for who has lost them all."""

from collections.abc import Callable

import pytest
from flask import Flask

from campaign.domain.actor import Actor
from campaign.domain.address import read_address
from campaign.proving import changing, codes, passkeys, passwords
from campaign.proving.forgetting import forget_proofs
from campaign.proving.ways import Ways, ways
from campaign.runtime import RedisUnavailable, Runtime
from campaign.store import audit, credentials, people, sessions
from campaign.store import passkeys as kept
from campaign.store.people import Campaigner
from tests.desk import new_campaigner, signed_in
from tests.drivers import work
from tests.mail.test_message import part
from tests.servers import MailServer

OPERATOR = Actor("the operator", 99, "192.0.2.0/24")


@pytest.fixture
def mary(runtime: Runtime, app: Flask) -> Campaigner:
    return read(runtime, new_campaigner(runtime, app, email="mary@campaign.example").id)


def read(runtime: Runtime, campaigner_id: int) -> Campaigner:
    with runtime.reading() as connection:
        found = people.by_id(connection, campaigner_id)
    assert found is not None
    return found


def with_everything(runtime: Runtime, mary: Campaigner) -> Campaigner:
    passwords.put(runtime, mary, OPERATOR, "four words nobody puts together", keep="")
    with runtime.transaction() as connection:
        kept.add(connection, mary.id, "credential", b"key", 0, "Phone", runtime.now())
        assert credentials.begin_totp(connection, mary.id, runtime.sealer.seal(mary.id, "JBSWY3DPEHPK3PXP"), 1)
    codes.new_recovery_codes(runtime, mary, OPERATOR, keep="")
    return read(runtime, mary.id)


def test_every_change_is_told_by_mail(runtime: Runtime, mary: Campaigner, mail: MailServer) -> None:
    passwords.put(runtime, mary, OPERATOR, "four words nobody puts together", keep="")
    work(runtime)
    [message] = mail.to("mary@campaign.example")
    assert message["Subject"] == "How you sign in to the desk was changed"
    for kind in ("plain", "html"):
        assert "A password was set for your account." in part(message, kind)
        assert "/desk/account" in part(message, kind)


@pytest.mark.parametrize("act", changing._WORDS)
def test_each_act_fits_the_audit_trail_and_has_words_of_its_own(act: str) -> None:
    assert len(act) <= 40
    assert changing._WORDS[act].endswith(".")


def test_nothing_changes_where_the_other_browsers_cannot_be_signed_out(
    make_runtime: Callable[..., Runtime], mary: Campaigner
) -> None:
    without = make_runtime(redis_url="redis://127.0.0.1:1")
    with pytest.raises(RedisUnavailable):
        passwords.put(without, mary, OPERATOR, "four words nobody puts together", keep="")
    assert not read(without, mary.id).has_password


def test_who_has_lost_everything_is_left_with_their_mailbox(runtime: Runtime, app: Flask, mary: Campaigner) -> None:
    mary = with_everything(runtime, mary)
    browser = signed_in(runtime, app, mary.id)
    assert forget_proofs(runtime, read_address(mary.email).key, OPERATOR)
    mary = read(runtime, mary.id)
    assert (mary.has_password, mary.has_totp, mary.passkeys, codes.left(runtime, mary.id)) == (False, False, 0, 0)
    assert browser.get("/desk/").status_code == 303
    assert sessions.of(runtime.redis, mary.id, runtime.now()) == []
    with runtime.reading() as connection:
        entry = audit.page(connection, None)[0]
    assert (entry.act, entry.who, entry.subject) == ("forget proofs", "the operator", str(mary.id))
    assert not forget_proofs(runtime, "nobody@example.org", OPERATOR)


def test_recovery_codes_go_with_the_last_second_factor_and_not_before(runtime: Runtime, mary: Campaigner) -> None:
    mary = with_everything(runtime, mary)
    assert codes.turn_off(runtime, mary.id, OPERATOR, keep="")
    assert codes.left(runtime, mary.id) == 10
    [one] = passkeys.of(runtime, mary.id)
    assert passkeys.remove(runtime, mary.id, OPERATOR, one.id, keep="")
    assert codes.left(runtime, mary.id) == 0


def test_the_ways_to_confirm_are_as_strong_as_what_is_wanted(runtime: Runtime, mary: Campaigner) -> None:
    account, campaign = "/desk/account/passkeys", "/desk/c/no-such/team"
    mailbox = Ways(passkey=False, code=False, password=False, mail=True)
    assert ways(runtime, mary, account) == ways(runtime, mary, campaign) == mailbox

    passwords.put(runtime, mary, OPERATOR, "four words nobody puts together", keep="")
    mary = read(runtime, mary.id)
    assert ways(runtime, mary, account) == Ways(passkey=False, code=False, password=True, mail=False)

    with runtime.transaction() as connection:
        kept.add(connection, mary.id, "credential", b"key", 0, "Phone", runtime.now())
    mary = read(runtime, mary.id)
    assert ways(runtime, mary, account) == Ways(passkey=True, code=False, password=False, mail=False)
    assert ways(runtime, mary, campaign) == Ways(passkey=True, code=False, password=True, mail=False)

    with runtime.transaction() as connection:
        credentials.begin_totp(connection, mary.id, runtime.sealer.seal(mary.id, "JBSWY3DPEHPK3PXP"), 1)
    mary = read(runtime, mary.id)
    for wanted in (account, campaign):
        assert ways(runtime, mary, wanted) == Ways(passkey=True, code=True, password=False, mail=False)


def test_a_passkey_is_no_way_where_browsers_make_none(make_runtime: Callable[..., Runtime], mary: Campaigner) -> None:
    bare = make_runtime(base_url="http://127.0.0.1:8000")
    with bare.transaction() as connection:
        kept.add(connection, mary.id, "credential", b"key", 0, "Phone", bare.now())
    assert ways(bare, read(bare, mary.id), "/desk/account").none
