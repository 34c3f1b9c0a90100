"""Changing what a campaign says and how it looks: nothing that was signed is lost, nobody's change is overwritten unseen."""

from dataclasses import asdict
from typing import Any

import pytest
from sqlalchemy import text

from campaign import editing, signing
from campaign.domain.actor import Actor
from campaign.domain.definition import version
from campaign.domain.setup import Rules, Times
from campaign.domain.standing import Asked, Standing
from campaign.drawing.picture import Copy
from campaign.editing import Overtaken, ReasonNeeded
from campaign.runtime import Runtime
from campaign.store import audit, campaigns, counters, history, listing
from tests.factories import Now, link_to, new_campaign, submission
from tests.journeys.test_races import at_once

MARY = Actor("Mary Seacole", 7, "192.0.2.0/24")
FLO = Actor("Florence Nightingale", 8, "198.51.100.0/24")
WELSH = version("save-the-pond", "cy", title="Achubwch y pwll", ask="Cadwch y pwll.", note="Nodyn.", picture_alt="Pwll")


def stored(runtime: Runtime, campaign: Standing) -> Standing:
    with runtime.reading() as connection:
        return campaigns.by_id(connection, campaign.id)


def say(runtime: Runtime, campaign: Standing, actor: Actor = MARY, language: str = "en", **changes: Any) -> None:
    """Somebody opens the text, changes it and saves it."""
    opened = editing.look(runtime, campaign.id)
    more = {name: changes.pop(name) for name in ("kind", "reason") if name in changes}
    texts = {**editing.said(opened.standing.version(language)), **changes}
    editing.say(runtime, actor, campaign.id, opened.revision, language, texts, **more)


def editions(runtime: Runtime, campaign: Standing, language: str = "en") -> list[tuple[int, str, str]]:
    with runtime.reading() as connection:
        found = history.editions(connection, campaign.id)
    return [(one.number, one.text.ask, one.reason) for one in reversed(found) if one.language == language]


def trail(runtime: Runtime, campaign: Standing) -> list[audit.Entry]:
    with runtime.reading() as connection:
        return audit.page(connection, campaign.id)


def test_what_is_changed_is_what_the_public_reads_next(runtime: Runtime) -> None:
    campaign = new_campaign(runtime)
    say(
        runtime,
        campaign,
        ask="Keep the pond wet.",
        summary="A pond is to be drained.",
        thank_you="*Thank you!*",
        kind="council",
    )
    after = stored(runtime, campaign)
    assert (after.text.ask, after.words.summary, after.words.thank_you) == (
        "Keep the pond wet.", "A pond is to be drained.", "*Thank you!*",
    )  # fmt: skip
    assert after.recipient_kind == "council"
    assert (
        after.text == version("save-the-pond", "en", **{**editing.said(campaign.versions[0]), "ask": "Keep the pond wet."}).text
    )
    assert counters.read(runtime.redis, campaign.slug) == after
    assert after.revision > campaign.revision


def test_a_campaign_is_found_by_what_it_says_now(runtime: Runtime, now: Now) -> None:
    campaign = new_campaign(runtime)
    say(runtime, campaign, ask="Keep the newts.")
    with runtime.reading() as connection:
        assert listing.search(connection, ["newts"], now(), skip=0, most=9) == [campaign.id]
        assert listing.search(connection, ["keep", "the", "pond."], now(), skip=0, most=9) == []


def test_before_anybody_has_signed_no_reason_is_needed(runtime: Runtime, now: Now) -> None:
    campaign = new_campaign(runtime)
    now.forward(minutes=1)
    say(runtime, campaign, ask="Keep the newts.", reason="nobody needs to hear this")
    assert editions(runtime, campaign) == [(1, "Keep the pond.", ""), (2, "Keep the newts.", "")]


def test_after_the_first_signature_a_change_of_the_text_needs_a_reason(runtime: Runtime, now: Now) -> None:
    campaign = new_campaign(runtime)
    signing.sign(runtime, campaign.id, campaign.text.hash, submission())
    now.forward(minutes=1)
    with pytest.raises(ReasonNeeded):
        say(runtime, campaign, ask="Keep the newts.")
    assert stored(runtime, campaign) == campaign
    assert len(trail(runtime, campaign)) == 1

    say(runtime, campaign, ask="Keep the newts.", reason="The council calls them newts.")
    assert editions(runtime, campaign) == [
        (1, "Keep the pond.", ""), (2, "Keep the newts.", "The council calls them newts."),
    ]  # fmt: skip
    entry = trail(runtime, campaign)[0]
    assert (entry.who, entry.act, entry.subject, entry.reason) == (
        "Mary Seacole", "edit text", "en", "The council calls them newts.",
    )  # fmt: skip
    assert entry.was == {"text": campaign.text.hash}
    assert entry.became == {"text": stored(runtime, campaign).text.hash, "revision": 2}


def test_signatures_stay_bound_to_the_text_they_signed(runtime: Runtime) -> None:
    campaign = new_campaign(runtime)
    signing.sign(runtime, campaign.id, campaign.text.hash, submission())
    say(runtime, campaign, ask="Keep the newts.", reason="They are newts.")
    after = stored(runtime, campaign)
    signing.sign(runtime, campaign.id, after.text.hash, submission("eve@example.org"))
    signing.verify(runtime, link_to(runtime, 1))
    with runtime.reading() as connection:
        rows = connection.execute(
            text("SELECT s.text_hash, x.ask FROM signatures s JOIN texts x ON x.hash = s.text_hash ORDER BY s.id")
        ).all()
    assert [tuple(row) for row in rows] == [(campaign.text.hash, "Keep the pond."), (after.text.hash, "Keep the newts.")]


def test_words_beside_the_text_are_changed_without_a_reason_and_make_no_version(runtime: Runtime) -> None:
    campaign = new_campaign(runtime)
    signing.sign(runtime, campaign.id, campaign.text.hash, submission())
    say(runtime, campaign, note="A note.", share_text="Come!")
    after = stored(runtime, campaign)
    assert (after.text, after.words.note) == (campaign.text, "A note.")
    assert len(editions(runtime, campaign)) == 1


def test_a_text_that_comes_back_is_the_text_it_was(runtime: Runtime, now: Now) -> None:
    campaign = new_campaign(runtime)
    signing.sign(runtime, campaign.id, campaign.text.hash, submission())
    for ask, reason in (("Keep the newts.", "They are newts."), ("Keep the pond.", "They are not.")):
        now.forward(minutes=1)
        say(runtime, campaign, ask=ask, reason=reason)
    assert stored(runtime, campaign).text == campaign.text
    assert [(number, reason) for number, _, reason in editions(runtime, campaign)] == [
        (1, ""), (2, "They are newts."), (3, "They are not."),
    ]  # fmt: skip


def test_a_text_keeps_its_hash_while_only_the_address_changes(runtime: Runtime) -> None:
    # The address is part of the hash of what people signed: a change of the note must not make another text of it.
    campaign = new_campaign(runtime)
    with runtime.transaction() as connection:
        connection.execute(text("UPDATE campaigns SET slug = 'save-the-newts'"))
    say(runtime, campaign, note="A note.")
    assert stored(runtime, campaign).text == campaign.text


def test_a_language_is_added_changed_and_taken_away(runtime: Runtime, now: Now) -> None:
    campaign = new_campaign(runtime)
    signing.sign(runtime, campaign.id, campaign.text.hash, submission())
    opened = editing.look(runtime, campaign.id)
    editing.add_language(runtime, MARY, campaign.id, opened.revision, "cy", editing.said(WELSH))
    assert stored(runtime, campaign).version("cy") == WELSH
    now.forward(minutes=1)
    with pytest.raises(ReasonNeeded):
        say(runtime, campaign, language="cy", ask="Cadwch y madfallod.")
    say(runtime, campaign, language="cy", ask="Cadwch y madfallod.", reason="Madfallod ydynt.")
    assert editions(runtime, campaign, "cy") == [(1, "Cadwch y pwll.", ""), (2, "Cadwch y madfallod.", "Madfallod ydynt.")]
    assert stored(runtime, campaign).versions[0] == campaign.versions[0]

    signing.sign(runtime, campaign.id, stored(runtime, campaign).version("cy").text.hash, submission("eve@example.org"))
    editing.end_language(runtime, MARY, campaign.id, editing.look(runtime, campaign.id).revision, "cy")
    assert [one.language for one in stored(runtime, campaign).versions] == ["en"]
    # What was signed in it stays.
    assert len(editions(runtime, campaign, "cy")) == 2
    assert [entry.act for entry in trail(runtime, campaign)][:3] == ["remove language", "edit text", "add language"]


def test_a_language_is_added_once_and_only_those_spoken_are_changed_or_taken_away(runtime: Runtime) -> None:
    campaign = new_campaign(runtime, translations=(WELSH,))
    seen = editing.look(runtime, campaign.id).revision
    with pytest.raises(LookupError):
        editing.add_language(runtime, MARY, campaign.id, seen, "cy", editing.said(WELSH))
    with pytest.raises(LookupError):
        editing.say(runtime, MARY, campaign.id, seen, "fr", editing.said(WELSH))
    for language in ("en", "fr"):
        with pytest.raises(LookupError):
            editing.end_language(runtime, MARY, campaign.id, seen, language)
    assert stored(runtime, campaign) == campaign


def test_who_saves_second_is_told_what_was_changed_and_by_whom(runtime: Runtime, now: Now) -> None:
    campaign = new_campaign(runtime)
    mary, flo = editing.look(runtime, campaign.id), editing.look(runtime, campaign.id)
    texts = editing.said(campaign.versions[0])
    now.forward(minutes=5)
    editing.say(runtime, FLO, campaign.id, flo.revision, "en", {**texts, "ask": "Keep the newts.", "note": "Florence's."})
    now.forward(minutes=5)
    with pytest.raises(Overtaken) as overtaken:
        editing.say(runtime, MARY, campaign.id, mary.revision, "en", {**texts, "ask": "Keep the frogs."})
    (change,) = overtaken.value.changes
    assert (change.who, change.act, {*change.became}) == ("Florence Nightingale", "edit text", {"text", "note", "revision"})
    assert overtaken.value.opened.standing.text.ask == "Keep the newts."
    assert stored(runtime, campaign).text.ask == "Keep the newts."

    # Knowing what she replaces, she may.
    editing.say(runtime, MARY, campaign.id, overtaken.value.opened.revision, "en", {**texts, "ask": "Keep the frogs."})
    assert stored(runtime, campaign).text.ask == "Keep the frogs."


def test_of_many_who_save_at_once_one_does_and_the_others_are_told(runtime: Runtime, now: Now) -> None:
    campaign = new_campaign(runtime)
    now.forward(minutes=1)
    signing.sign(runtime, campaign.id, campaign.text.hash, submission())
    seen = editing.look(runtime, campaign.id).revision
    texts = editing.said(campaign.versions[0])

    def save(number: int) -> int:
        try:
            editing.say(
                runtime, MARY, campaign.id, seen, "en", {**texts, "ask": f"Keep it, {number}."}, reason=f"Because of {number}."
            )
        except Overtaken:
            return 0
        return number

    saved = [number for number in at_once([lambda n=n: save(n) for n in range(1, 9)]) if number]
    assert len(saved) == 1
    assert stored(runtime, campaign).text.ask == f"Keep it, {saved[0]}."
    assert [number for number, _, _ in editions(runtime, campaign)] == [1, 2]
    assert len([entry for entry in trail(runtime, campaign) if entry.act == "edit text"]) == 1


def test_who_changes_settings_and_who_changes_the_text_cannot_undo_each_other(runtime: Runtime) -> None:
    campaign = new_campaign(runtime)
    seen = editing.look(runtime, campaign.id).revision
    actions = [
        lambda: editing.say(
            runtime, MARY, campaign.id, seen, "en", {**editing.said(campaign.versions[0]), "ask": "Keep the newts."}
        ),
        lambda: editing.change_settings(runtime, FLO, campaign.id, seen, Rules(goals=(7,))),
    ]
    outcomes = at_once([lambda act=act: outcome_of(act) for act in actions])
    assert sorted(map(str, outcomes)) == ["overtaken", "saved"]
    after = stored(runtime, campaign)
    assert (after.text.ask == "Keep the newts.") != (after.goals == (7,))


def outcome_of(act: Any) -> str:
    try:
        act()
    except Overtaken:
        return "overtaken"
    return "saved"


def test_settings_are_stored_as_they_were_chosen(runtime: Runtime) -> None:
    campaign = new_campaign(runtime)
    rules = Rules((5, 50), Asked("optional", "no", "required"), "full-name", "#b01a5c", "pond@example.org", "The pond society")
    editing.change_settings(runtime, MARY, campaign.id, editing.look(runtime, campaign.id).revision, rules)
    after = stored(runtime, campaign)
    assert (after.goals, asdict(after.asked), after.contact) == (
        (5, 50), {"country": "optional", "postcode": "no", "comment": "required"}, "pond@example.org",
    )  # fmt: skip
    assert (after.appearance.supporters, after.appearance.accent, after.appearance.controller) == (
        "full-name", "#b01a5c", "The pond society",
    )  # fmt: skip
    assert counters.read(runtime.redis, campaign.slug) == after
    entry = trail(runtime, campaign)[0]
    assert entry.was["goals"] == [3, 10, 1000]
    assert entry.became == {
        "goals": [5, 50], "country": "optional", "postcode": "no", "comment": "required", "supporters": "full-name",
        "accent": "#b01a5c", "contact": "set", "controller": "set", "revision": 2,
    }  # fmt: skip
    assert "pond@example.org" not in f"{entry}"


def test_what_is_published_keeps_its_window(runtime: Runtime, now: Now) -> None:
    campaign = new_campaign(runtime)
    times = Times(now(), now() + campaign.window.closes_at.resolution)
    editing.change_settings(runtime, MARY, campaign.id, editing.look(runtime, campaign.id).revision, Rules(), times)
    assert stored(runtime, campaign).window == campaign.window


def test_a_picture_is_changed_described_and_taken_away(runtime: Runtime) -> None:
    campaign = new_campaign(runtime, translations=(WELSH,))
    alts = {"en": "A pond", "cy": "Pwll"}

    def seen() -> int:
        return editing.look(runtime, campaign.id).revision

    editing.change_picture(runtime, MARY, campaign.id, seen(), [Copy(480, 320, b"one"), Copy(960, 640, b"One")], alts)
    first = stored(runtime, campaign).appearance.picture
    assert first is not None
    assert first.sizes == ((480, 320), (960, 640))
    assert [one.words.picture_alt for one in stored(runtime, campaign).versions] == ["A pond", "Pwll"]
    assert stored(runtime, campaign).version("cy").words.note == "Nodyn."

    editing.change_picture(runtime, MARY, campaign.id, seen(), [], {**alts, "en": "A pond at dawn"})
    assert stored(runtime, campaign).appearance.picture == first
    assert stored(runtime, campaign).words.picture_alt == "A pond at dawn"

    editing.change_picture(runtime, MARY, campaign.id, seen(), [Copy(300, 200, b"two")], alts)
    second = stored(runtime, campaign).appearance.picture
    assert second is not None
    assert (second.sizes, second.hash != first.hash) == (((300, 200),), True)

    editing.drop_picture(runtime, MARY, campaign.id, seen())
    assert stored(runtime, campaign).appearance.picture is None
    assert counters.read(runtime.redis, campaign.slug) == stored(runtime, campaign)
    with pytest.raises(Overtaken):
        editing.drop_picture(runtime, MARY, campaign.id, seen() - 1)
