"""Recent supporters and comments: only of those who chose it, gone soon after they no longer do, at no cost to the database."""

from collections.abc import Callable
from threading import Barrier, Thread
from typing import Any

import pytest
from flask import Flask
from redis import Redis
from sqlalchemy import event

from campaign.domain.accounts.actor import COMMAND_LINE
from campaign.domain.campaigns.campaign import Campaign, SupportersRule
from campaign.domain.moderation.removal import RemovalKind
from campaign.domain.signatures.supporter import Supporter
from campaign.runtime import Runtime
from campaign.services.ledger import count
from campaign.services.moderation import removals
from campaign.services.signatures import comments, erase
from campaign.services.signatures.activity import MAX_COMMENTS_SHOWN, MAX_SUPPORTERS_SHOWN, CampaignActivity
from campaign.services.signatures.sign import (
    VerifyOutcome,
    change_consents,
    sign_campaign,
    verify_signature,
    withdraw_signature,
)
from campaign.web.app_context import install_runtime
from campaign.web.cache import process_cache
from campaign.web.public.campaign_activity import ACTIVITY, campaign_activity
from tests.conftest import on_both_databases
from tests.support.caches import expire_campaigns
from tests.support.compile_cache import make_app
from tests.support.factories import START_TIME, ManualClock, new_campaign, sign_form_data, stored_campaign, verify_link_of
from tests.support.queries import query_scalar


def sign(runtime: Runtime, campaign: Campaign, email: str, **typed: Any) -> int:
    """Somebody signs and agrees to be shown, unless it says otherwise; the number of their signature."""
    sign_campaign(runtime, campaign.id, campaign.text.hash, sign_form_data(email, **{"public": True, **typed}))
    return int(query_scalar(runtime, "SELECT id FROM signatures WHERE email_key = :key", key=email))


def verified(runtime: Runtime, campaign: Campaign, email: str, **typed: Any) -> int:
    """The same, verified and counted."""
    number = sign(runtime, campaign, email, **typed)
    edition = query_scalar(runtime, "SELECT edition FROM signatures WHERE id = :id", id=number)
    assert verify_signature(runtime, verify_link_of(runtime, number, edition)).outcome is VerifyOutcome.NOW
    count.advance_ledgers(runtime)
    return number


class SiteSupporters:
    """Supporters as one process of a site shows them."""

    def __init__(self, runtime: Runtime) -> None:
        self.runtime, self.app = runtime, make_app(runtime)

    def activity(self, campaign: Campaign) -> CampaignActivity:
        with self.app.app_context():
            return campaign_activity(campaign)

    def recent(self, campaign: Campaign) -> tuple[Supporter, ...]:
        return self.activity(campaign).supporters


def names(supporters: SiteSupporters, campaign: Campaign) -> list[str]:
    return [found.name for found in supporters.recent(stored_campaign(supporters.runtime, campaign))]


def some_seconds_later(supporters: SiteSupporters) -> None:
    """What is cached is too old now."""
    with supporters.app.app_context():
        process_cache().expire(ACTIVITY)


@pytest.fixture
def supporters(runtime: Runtime) -> SiteSupporters:
    return SiteSupporters(runtime)


@pytest.fixture
def asked(runtime: Runtime) -> list[str]:
    """Every statement that asks the database for supporters from here on."""
    found: list[str] = []

    def note(_c: Any, _cursor: Any, sql: str, *_: Any) -> None:
        if "JOIN signatures" in sql and "ledger" in sql:
            found.append(sql)

    event.listen(runtime.autocommit_engine, "before_cursor_execute", note)
    return found


# Who is shown, and as what


def test_only_verified_signatories_who_chose_to_be_public_are_shown(runtime: Runtime, supporters: SiteSupporters) -> None:
    pond, wood = new_campaign(runtime), new_campaign(runtime, slug="save-the-wood")
    verified(runtime, pond, "ada@example.org", name="Ada Lovelace")
    verified(runtime, pond, "shy@example.org", name="Shy Person", public=False)
    sign(runtime, pond, "late@example.org", name="Late Comer")
    withdraw_signature(runtime, verified(runtime, pond, "gone@example.org", name="Gone Again"))
    removals.invalidate_signature(
        runtime, COMMAND_LINE, verified(runtime, pond, "bot@example.org", name="Bot Net"), RemovalKind.PROGRAM, "a bot"
    )
    verified(runtime, wood, "wood@example.org", name="Woody Allan")
    # Whether the ledger has counted the end of a signature or not.
    assert names(supporters, pond) == ["Ada"]
    count.advance_ledgers(runtime)
    some_seconds_later(supporters)
    assert names(supporters, pond) == ["Ada"]
    assert names(supporters, wood) == ["Woody"]


@pytest.mark.parametrize(
    ("rule", "shown"),
    [
        ("first-name", (("Siân", "France"), ("Ada", "Edinburgh"))),
        ("full-name", (("Siân O’Brien", "France"), ("Dr Ada Lovelace", "Edinburgh"))),
        ("no", ()),
    ],
)
def test_supporters_are_named_as_the_campaign_says(
    runtime: Runtime, supporters: SiteSupporters, asked: list[str], rule: SupportersRule, shown: tuple[tuple[str, str], ...]
) -> None:
    campaign = new_campaign(runtime, supporters=rule)
    verified(runtime, campaign, "ada@example.org", name="Dr Ada Lovelace", postcode="EH1 1AA")
    verified(runtime, campaign, "sian@example.org", name="Siân O’Brien", country="FR", postcode="")
    found = supporters.recent(stored_campaign(runtime, campaign))
    assert tuple((one.name, one.area) for one in found) == shown
    assert all(one.verified_at == START_TIME for one in found)
    assert len(asked) == bool(shown)


def test_a_campaign_nobody_has_signed_asks_for_nobody(runtime: Runtime, supporters: SiteSupporters, asked: list[str]) -> None:
    assert supporters.recent(new_campaign(runtime)) == ()
    assert asked == []


def test_the_newest_are_shown_first_and_no_more_than_a_few(runtime: Runtime, supporters: SiteSupporters) -> None:
    campaign = new_campaign(runtime)
    for number in range(MAX_SUPPORTERS_SHOWN + 2):
        verified(runtime, campaign, f"{number}@example.org", name=f"{chr(ord('A') + number)}da Lovelace")
    assert MAX_SUPPORTERS_SHOWN == 8
    assert names(supporters, campaign) == ["Jda", "Ida", "Hda", "Gda", "Fda", "Eda", "Dda", "Cda"]


def test_what_is_no_name_to_show_is_not_shown_and_leaves_room_for_others(runtime: Runtime, supporters: SiteSupporters) -> None:
    first, full = new_campaign(runtime), new_campaign(runtime, slug="full-names", supporters="full-name")
    names_given = ("Ada Lovelace", "eve@example.org", "x123 Adams", "Mae 2nd Jones", "Zo３ Hall", "Bob＠example Hall")
    for number, name in enumerate(names_given):
        verified(runtime, first, f"{number}@example.org", name=name)
        verified(runtime, full, f"{number}@example.net", name=name)
    assert names(supporters, first) == ["Mae", "Ada"]
    assert names(supporters, full) == ["Ada Lovelace"]
    for number in range(MAX_SUPPORTERS_SHOWN):
        verified(runtime, first, f"bot{number}@example.org", name=f"Bot{number}")
    some_seconds_later(supporters)
    assert names(supporters, first) == ["Mae", "Ada"]


def test_who_was_counted_twice_is_shown_once_where_they_came_back(runtime: Runtime, supporters: SiteSupporters) -> None:
    campaign = new_campaign(runtime)
    ada = verified(runtime, campaign, "ada@example.org", name="Ada Lovelace")
    eve = verified(runtime, campaign, "eve@example.org", name="Eve Adams")
    for _ in range(2):
        withdraw_signature(runtime, ada)
        count.advance_ledgers(runtime)
        # She makes the very total again that she made before.
        assert verified(runtime, campaign, "ada@example.org", name="Ada Lovelace") == ada
    removals.invalidate_signature(runtime, COMMAND_LINE, eve, RemovalKind.PROGRAM, "a mistake")
    count.advance_ledgers(runtime)
    assert names(supporters, campaign) == ["Ada"]
    removals.restore_signature(runtime, COMMAND_LINE, eve, "A mistake")
    count.advance_ledgers(runtime)
    some_seconds_later(supporters)
    assert names(supporters, campaign) == ["Eve", "Ada"]


def test_who_came_back_leaves_room_for_the_others(runtime: Runtime, supporters: SiteSupporters) -> None:
    campaign = new_campaign(runtime)
    for number in range(MAX_SUPPORTERS_SHOWN):
        verified(runtime, campaign, f"{number}@example.org", name=f"{chr(ord('A') + number)}da Lovelace")
    for _ in range(MAX_SUPPORTERS_SHOWN):
        withdraw_signature(runtime, 1)
        count.advance_ledgers(runtime)
        verified(runtime, campaign, "0@example.org", name="Ada Lovelace")
    assert sorted(names(supporters, campaign)) == ["Ada", "Bda", "Cda", "Dda", "Eda", "Fda", "Gda", "Hda"]


# What they wrote


def published(supporters: SiteSupporters, campaign: Campaign) -> list[tuple[str, str]]:
    some_seconds_later(supporters)
    shown = supporters.activity(stored_campaign(supporters.runtime, campaign)).comments
    return [(one.name, one.comment) for one in shown]


def said(runtime: Runtime, number: int, comment: str) -> None:
    """They let what they write be shown, on the page where it is asked."""
    assert change_consents(runtime, number, public=True, updates=False, comment=comment)


def put_on_page(runtime: Runtime, campaign: Campaign, number: int, comment: str) -> bool:
    return comments.publish_comment(runtime, COMMAND_LINE, campaign.id, number, comment)


@on_both_databases
def test_a_comment_is_shown_once_its_owner_allows_it_and_a_campaigner_has_read_it(
    runtime: Runtime, supporters: SiteSupporters
) -> None:
    campaign = new_campaign(runtime)
    ada = verified(runtime, campaign, "ada@example.org", name="Ada Lovelace", comment="For the frogs.")
    # Who signed was asked for their name alone.
    assert not put_on_page(runtime, campaign, ada, "For the frogs.")
    said(runtime, ada, "For the frogs.")
    assert published(supporters, campaign) == []
    assert put_on_page(runtime, campaign, ada, "For the frogs.")
    assert not put_on_page(runtime, campaign, ada, "For the frogs.")
    assert published(supporters, campaign) == [("Ada", "For the frogs.")]
    # The same words saved again stay; others have to be read first, and are not published by who read the old ones.
    said(runtime, ada, "For the frogs.")
    assert published(supporters, campaign) == [("Ada", "For the frogs.")]
    said(runtime, ada, "Buy my book.")
    assert published(supporters, campaign) == []
    assert not put_on_page(runtime, campaign, ada, "For the frogs.")
    assert published(supporters, campaign) == []


ENDS: dict[str, Callable[[Runtime, Campaign, int], object]] = {
    "no longer public": lambda runtime, _, number: change_consents(runtime, number, public=False, updates=False),
    "withdrawn": lambda runtime, _, number: withdraw_signature(runtime, number),
    "invalidated": lambda runtime, _, number: removals.invalidate_signature(
        runtime, COMMAND_LINE, number, RemovalKind.PROGRAM, "a bot"
    ),
    "hidden": lambda runtime, campaign, number: comments.hide_comment(runtime, COMMAND_LINE, campaign.id, number, "an insult"),
    "taken off": lambda runtime, campaign, number: comments.unpublish_comment(runtime, COMMAND_LINE, campaign.id, number),
    "erased": lambda runtime, campaign, number: erase.erase_signature(runtime, COMMAND_LINE, campaign.id, number, "they asked"),
}


@pytest.mark.parametrize("way", ENDS)
def test_a_comment_leaves_the_page_with_whatever_let_it_be_there(
    runtime: Runtime, supporters: SiteSupporters, way: str
) -> None:
    campaign = new_campaign(runtime)
    for name in ("Ada", "Eve"):
        number = verified(runtime, campaign, f"{name}@example.org".lower(), name=f"{name} Hall")
        said(runtime, number, f"As {name} says.")
        assert put_on_page(runtime, campaign, number, f"As {name} says.")
    assert sorted(published(supporters, campaign)) == [("Ada", "As Ada says."), ("Eve", "As Eve says.")]
    assert ENDS[way](runtime, campaign, 1)
    assert published(supporters, campaign) == [("Eve", "As Eve says.")]
    if way == "withdrawn":
        # Who signs again is asked again, and read again.
        verified(runtime, campaign, "ada@example.org", name="Ada Hall", comment="As Ada says.")
        assert published(supporters, campaign) == [("Eve", "As Eve says.")]


def test_the_newest_few_comments_are_shown_escaped_and_on_the_page_alone(
    app: Flask, runtime: Runtime, now: ManualClock, supporters: SiteSupporters
) -> None:
    campaign = new_campaign(runtime)
    for at in range(MAX_COMMENTS_SHOWN + 1):
        number = verified(runtime, campaign, f"{at}@example.org", name=f"{chr(ord('A') + at)}da Lovelace")
        said(runtime, number, f"<b>Reason {at}</b>")
        now.advance(seconds=1)
        assert put_on_page(runtime, campaign, number, f"<b>Reason {at}</b>")
    shown = published(supporters, campaign)
    assert [comment for _, comment in shown] == [f"<b>Reason {at}</b>" for at in range(MAX_COMMENTS_SHOWN, 0, -1)]
    page = app.test_client().get("/c/save-the-pond").text
    assert f"&lt;b&gt;Reason {MAX_COMMENTS_SHOWN}&lt;/b&gt;" in page
    assert "<b>Reason" not in page
    for path in ("/c/save-the-pond.json", "/c/save-the-pond/embed", "/c/save-the-pond/share", "/"):
        assert "Reason" not in app.test_client().get(path).text


# What a day has added


def test_the_page_says_what_the_last_24_hours_added(app: Flask, runtime: Runtime, now: ManualClock) -> None:
    campaign = new_campaign(runtime)
    verified(runtime, campaign, "first@example.org")
    # Where a day has brought all there is, the number says so itself.
    assert "in the last 24 hours" not in make_app(runtime).test_client().get("/c/save-the-pond").text
    now.advance(hours=26)
    for name in ("ada", "eve"):
        verified(runtime, campaign, f"{name}@example.org")
    assert "2 in the last 24 hours" in app.test_client().get("/c/save-the-pond").text


# For how long


@pytest.mark.parametrize("way", ["no longer public", "withdrawn", "invalidated"])
def test_who_no_longer_wants_to_be_shown_is_gone_after_some_seconds(
    runtime: Runtime, supporters: SiteSupporters, way: str
) -> None:
    campaign = new_campaign(runtime)
    ada = verified(runtime, campaign, "ada@example.org", name="Ada Lovelace")
    verified(runtime, campaign, "eve@example.org", name="Eve Adams")
    assert names(supporters, campaign) == ["Eve", "Ada"]
    if way == "no longer public":
        assert change_consents(runtime, ada, public=False, updates=False)
    elif way == "withdrawn":
        assert withdraw_signature(runtime, ada)
    else:
        assert removals.invalidate_signature(runtime, COMMAND_LINE, ada, RemovalKind.PROGRAM, "a bot")
    some_seconds_later(supporters)
    assert names(supporters, campaign) == ["Eve"]


def test_who_chooses_to_be_shown_later_is_shown(runtime: Runtime, supporters: SiteSupporters) -> None:
    campaign = new_campaign(runtime)
    ada = verified(runtime, campaign, "ada@example.org", name="Ada Lovelace", public=False)
    assert names(supporters, campaign) == []
    assert change_consents(runtime, ada, public=True, updates=False)
    some_seconds_later(supporters)
    assert names(supporters, campaign) == ["Ada"]


def test_those_known_before_are_shown_while_the_store_is_down(
    runtime: Runtime, supporters: SiteSupporters, make_runtime: Callable[..., Runtime]
) -> None:
    campaign = new_campaign(runtime)
    verified(runtime, campaign, "ada@example.org", name="Ada Lovelace")
    campaign = stored_campaign(runtime, campaign)
    known = supporters.recent(campaign)
    assert [found.name for found in known] == ["Ada"]
    down = make_runtime(database_url="postgresql+psycopg://nobody@127.0.0.1:1/nothing")
    assert SiteSupporters(down).recent(campaign) == ()
    install_runtime(supporters.app, down)
    some_seconds_later(supporters)
    assert supporters.recent(campaign) == known


# What it costs


def test_many_readers_cost_one_question(runtime: Runtime, supporters: SiteSupporters, asked: list[str]) -> None:
    campaign = new_campaign(runtime)
    verified(runtime, campaign, "ada@example.org", name="Ada Lovelace")
    campaign, begin = stored_campaign(runtime, campaign), Barrier(8)
    found: list[tuple[Supporter, ...]] = []

    def read() -> None:
        begin.wait()
        for _ in range(50):
            found.append(supporters.recent(campaign))  # noqa: PERF401 - each reads for itself

    readers = [Thread(target=read) for _ in range(8)]
    for reader in readers:
        reader.start()
    for reader in readers:
        reader.join()
    assert len(found) == 400
    # Who came while the first was asking did not wait.
    assert set(found) <= {(), (Supporter("Ada", "London", START_TIME),)}
    assert found[-1] == (Supporter("Ada", "London", START_TIME),)
    assert len(asked) == 1


def test_a_signature_is_shown_by_each_process_on_one_question(app: Flask, runtime: Runtime, asked: list[str]) -> None:
    campaign = new_campaign(runtime)
    verified(runtime, campaign, "ada@example.org", name="Ada Lovelace")
    for process in (app, make_app(runtime)):
        asked.clear()
        for _ in range(5):
            expire_campaigns()
            assert "Ada" in process.test_client().get("/c/save-the-pond").text
        assert len(asked) == 1


# Where they are not


def everything_in(redis: Redis) -> str:
    """All that Redis holds, keys and values."""
    readers: dict[bytes, Callable[[Any], Any]] = {
        b"string": redis.get,
        b"hash": redis.hgetall,
        b"set": redis.smembers,
        b"list": lambda key: redis.lrange(key, 0, -1),
        b"zset": lambda key: redis.zrange(key, 0, -1, withscores=True),
    }
    return repr([(key, readers[redis.type(key)](key)) for key in redis.scan_iter()])  # type: ignore[index]


def test_supporters_are_on_the_page_and_nowhere_else(app: Flask, runtime: Runtime) -> None:
    campaign = new_campaign(runtime)
    verified(runtime, campaign, "zeb@example.org", name="Zebedee Quux", postcode="EH1 1AA")
    reader = app.test_client()
    page = reader.get("/c/save-the-pond").text
    assert "Zebedee" in page
    assert "Edinburgh" in page
    held = everything_in(runtime.redis)
    assert "Save the village pond" in held
    others = (
        "/c/save-the-pond.json", "/c/save-the-pond/count.json", "/campaigns.atom", "/sitemap.xml", "/", "/?q=pond",
        "/c/save-the-pond/embed", "/c/save-the-pond/share", "/c/save-the-pond/badge.svg", "/c/save-the-pond/privacy",
        "/oembed?url=https://sign.example.org/c/save-the-pond",
    )  # fmt: skip
    for path in others:
        answer = reader.get(path)
        assert answer.status_code == 200
        held += answer.text
    for word in ("Zebedee", "Quux", "Edinburgh", "zeb@", "EH1"):
        assert word not in held
    assert "Quux" not in page
    assert "EH1" not in page
