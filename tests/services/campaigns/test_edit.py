"""Changing what a campaign says and how it looks: nothing that was signed is lost, nobody's change is overwritten unseen."""

from dataclasses import asdict
from typing import Any

import pytest

from campaign.domain.accounts.actor import Actor
from campaign.domain.campaigns.campaign import Appearance, Campaign, SignFormFields
from campaign.domain.campaigns.definition import language_version
from campaign.domain.campaigns.settings import CampaignSettings, Schedule
from campaign.runtime import Runtime
from campaign.services.campaigns import edit
from campaign.services.campaigns.edit import EditConflictError, ReasonRequiredError
from campaign.services.signatures import sign
from campaign.store.accounts import audit_log
from campaign.store.campaigns import public_listing, text_versions
from campaign.store.redis import campaign_cache
from tests.journeys.test_races import run_concurrently
from tests.support.factories import ManualClock, new_campaign, sign_form_data, stored_campaign, verify_link_of
from tests.support.queries import execute_sql, query_rows

MARY = Actor("Mary Seacole", 7, "192.0.2.0/24")
FLO = Actor("Florence Nightingale", 8, "198.51.100.0/24")
WELSH = language_version(
    "save-the-pond", "cy", title="Achubwch y pwll", ask="Cadwch y pwll.", note="Nodyn.", picture_alt="Pwll"
)


def say(runtime: Runtime, campaign: Campaign, actor: Actor = MARY, language: str = "en", **changes: Any) -> None:
    """Somebody opens the text, changes it and saves it."""
    opened = edit.open_for_edit(runtime, campaign.id)
    more = {name: changes.pop(name) for name in ("kind", "reason") if name in changes}
    texts = {**edit.page_texts(opened.campaign.in_language(language)), **changes}
    edit.change_texts(runtime, actor, campaign.id, opened.revision, language, texts, **more)


def editions(runtime: Runtime, campaign: Campaign, language: str = "en") -> list[tuple[int, str, str]]:
    with runtime.reading() as connection:
        found = text_versions.list_text_versions(connection, campaign.id)
    return [(one.number, one.text.ask, one.reason) for one in reversed(found) if one.language == language]


def trail(runtime: Runtime, campaign: Campaign) -> list[audit_log.AuditEntry]:
    with runtime.reading() as connection:
        return audit_log.list_entries(connection, campaign.id)


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
    after = stored_campaign(runtime, campaign)
    assert (after.text.ask, after.page_texts.summary, after.page_texts.thank_you) == (
        "Keep the pond wet.", "A pond is to be drained.", "*Thank you!*",
    )  # fmt: skip
    assert after.recipient_kind == "council"
    assert (
        after.text
        == language_version(
            "save-the-pond", "en", **{**edit.page_texts(campaign.versions[0]), "ask": "Keep the pond wet."}
        ).text
    )
    assert campaign_cache.cached_campaign(runtime.redis, campaign.slug) == after
    assert after.revision > campaign.revision


def test_a_campaign_is_found_by_what_it_says_now(runtime: Runtime, now: ManualClock) -> None:
    campaign = new_campaign(runtime)
    say(runtime, campaign, ask="Keep the newts.")
    with runtime.reading() as connection:
        assert public_listing.search_campaign_ids(connection, ["newts"], now(), skip=0, limit=9) == [campaign.id]
        assert public_listing.search_campaign_ids(connection, ["keep", "the", "pond."], now(), skip=0, limit=9) == []


def test_before_anybody_has_signed_no_reason_is_needed(runtime: Runtime, now: ManualClock) -> None:
    campaign = new_campaign(runtime)
    now.advance(minutes=1)
    say(runtime, campaign, ask="Keep the newts.", reason="nobody needs to hear this")
    assert editions(runtime, campaign) == [(1, "Keep the pond.", ""), (2, "Keep the newts.", "")]


def test_after_the_first_signature_a_change_of_the_text_needs_a_reason(runtime: Runtime, now: ManualClock) -> None:
    campaign = new_campaign(runtime)
    sign.sign_campaign(runtime, campaign.id, campaign.text.hash, sign_form_data())
    now.advance(minutes=1)
    with pytest.raises(ReasonRequiredError):
        say(runtime, campaign, ask="Keep the newts.")
    assert stored_campaign(runtime, campaign) == campaign
    assert len(trail(runtime, campaign)) == 1

    say(runtime, campaign, ask="Keep the newts.", reason="The council calls them newts.")
    assert editions(runtime, campaign) == [
        (1, "Keep the pond.", ""), (2, "Keep the newts.", "The council calls them newts."),
    ]  # fmt: skip
    entry = trail(runtime, campaign)[0]
    assert (entry.actor_name, entry.action, entry.subject, entry.reason) == (
        "Mary Seacole", "edit text", "en", "The council calls them newts.",
    )  # fmt: skip
    assert entry.before == {"text": campaign.text.hash}
    assert entry.after == {"text": stored_campaign(runtime, campaign).text.hash, "revision": 2}


def test_signatures_stay_bound_to_the_text_they_signed(runtime: Runtime) -> None:
    campaign = new_campaign(runtime)
    sign.sign_campaign(runtime, campaign.id, campaign.text.hash, sign_form_data())
    say(runtime, campaign, ask="Keep the newts.", reason="They are newts.")
    after = stored_campaign(runtime, campaign)
    sign.sign_campaign(runtime, campaign.id, after.text.hash, sign_form_data("eve@example.org"))
    sign.verify_signature(runtime, verify_link_of(runtime, 1))
    rows = query_rows(runtime, "SELECT s.text_hash, x.ask FROM signatures s JOIN texts x ON x.hash = s.text_hash ORDER BY s.id")
    assert [tuple(row) for row in rows] == [(campaign.text.hash, "Keep the pond."), (after.text.hash, "Keep the newts.")]


def test_words_beside_the_text_are_changed_without_a_reason_and_make_no_version(runtime: Runtime) -> None:
    campaign = new_campaign(runtime)
    sign.sign_campaign(runtime, campaign.id, campaign.text.hash, sign_form_data())
    say(runtime, campaign, note="A note.", share_text="Come!")
    after = stored_campaign(runtime, campaign)
    assert (after.text, after.page_texts.note) == (campaign.text, "A note.")
    assert len(editions(runtime, campaign)) == 1


def test_a_text_that_comes_back_is_the_text_it_was(runtime: Runtime, now: ManualClock) -> None:
    campaign = new_campaign(runtime)
    sign.sign_campaign(runtime, campaign.id, campaign.text.hash, sign_form_data())
    for ask, reason in (("Keep the newts.", "They are newts."), ("Keep the pond.", "They are not.")):
        now.advance(minutes=1)
        say(runtime, campaign, ask=ask, reason=reason)
    assert stored_campaign(runtime, campaign).text == campaign.text
    assert [(number, reason) for number, _, reason in editions(runtime, campaign)] == [
        (1, ""), (2, "They are newts."), (3, "They are not."),
    ]  # fmt: skip


def test_a_text_keeps_its_hash_while_only_the_address_changes(runtime: Runtime) -> None:
    # The address is part of the hash of what people signed: a change of the note must not make another text of it.
    campaign = new_campaign(runtime)
    execute_sql(runtime, "UPDATE campaigns SET slug = 'save-the-newts'")
    say(runtime, campaign, note="A note.")
    assert stored_campaign(runtime, campaign).text == campaign.text


def test_a_language_is_added_changed_and_taken_away(runtime: Runtime, now: ManualClock) -> None:
    campaign = new_campaign(runtime)
    sign.sign_campaign(runtime, campaign.id, campaign.text.hash, sign_form_data())
    opened = edit.open_for_edit(runtime, campaign.id)
    edit.add_language(runtime, MARY, campaign.id, opened.revision, "cy", edit.page_texts(WELSH))
    assert stored_campaign(runtime, campaign).in_language("cy") == WELSH
    now.advance(minutes=1)
    with pytest.raises(ReasonRequiredError):
        say(runtime, campaign, language="cy", ask="Cadwch y madfallod.")
    say(runtime, campaign, language="cy", ask="Cadwch y madfallod.", reason="Madfallod ydynt.")
    assert editions(runtime, campaign, "cy") == [(1, "Cadwch y pwll.", ""), (2, "Cadwch y madfallod.", "Madfallod ydynt.")]
    assert stored_campaign(runtime, campaign).versions[0] == campaign.versions[0]

    sign.sign_campaign(
        runtime, campaign.id, stored_campaign(runtime, campaign).in_language("cy").text.hash, sign_form_data("eve@example.org")
    )
    edit.remove_language(runtime, MARY, campaign.id, edit.open_for_edit(runtime, campaign.id).revision, "cy")
    assert [one.language for one in stored_campaign(runtime, campaign).versions] == ["en"]
    # What was signed in it stays.
    assert len(editions(runtime, campaign, "cy")) == 2
    assert [entry.action for entry in trail(runtime, campaign)][:3] == ["remove language", "edit text", "add language"]


def test_a_language_is_added_once_and_only_those_spoken_are_changed_or_taken_away(runtime: Runtime) -> None:
    campaign = new_campaign(runtime, translations=(WELSH,))
    seen = edit.open_for_edit(runtime, campaign.id).revision
    with pytest.raises(LookupError):
        edit.add_language(runtime, MARY, campaign.id, seen, "cy", edit.page_texts(WELSH))
    with pytest.raises(LookupError):
        edit.change_texts(runtime, MARY, campaign.id, seen, "fr", edit.page_texts(WELSH))
    for language in ("en", "fr"):
        with pytest.raises(LookupError):
            edit.remove_language(runtime, MARY, campaign.id, seen, language)
    assert stored_campaign(runtime, campaign) == campaign


def test_who_saves_second_is_told_what_was_changed_and_by_whom(runtime: Runtime, now: ManualClock) -> None:
    campaign = new_campaign(runtime)
    mary, flo = edit.open_for_edit(runtime, campaign.id), edit.open_for_edit(runtime, campaign.id)
    texts = edit.page_texts(campaign.versions[0])
    now.advance(minutes=5)
    edit.change_texts(runtime, FLO, campaign.id, flo.revision, "en", {**texts, "ask": "Keep the newts.", "note": "Florence's."})
    now.advance(minutes=5)
    with pytest.raises(EditConflictError) as overtaken:
        edit.change_texts(runtime, MARY, campaign.id, mary.revision, "en", {**texts, "ask": "Keep the frogs."})
    (change,) = overtaken.value.changes
    assert (change.actor_name, change.action, {*change.after}) == (
        "Florence Nightingale",
        "edit text",
        {"text", "note", "revision"},
    )
    assert overtaken.value.editable.campaign.text.ask == "Keep the newts."
    assert stored_campaign(runtime, campaign).text.ask == "Keep the newts."

    # Knowing what she replaces, she may.
    edit.change_texts(runtime, MARY, campaign.id, overtaken.value.editable.revision, "en", {**texts, "ask": "Keep the frogs."})
    assert stored_campaign(runtime, campaign).text.ask == "Keep the frogs."


def test_of_many_who_save_at_once_one_does_and_the_others_are_told(runtime: Runtime, now: ManualClock) -> None:
    campaign = new_campaign(runtime)
    now.advance(minutes=1)
    sign.sign_campaign(runtime, campaign.id, campaign.text.hash, sign_form_data())
    seen = edit.open_for_edit(runtime, campaign.id).revision
    texts = edit.page_texts(campaign.versions[0])

    def save(number: int) -> int:
        try:
            edit.change_texts(
                runtime, MARY, campaign.id, seen, "en", {**texts, "ask": f"Keep it, {number}."}, reason=f"Because of {number}."
            )
        except EditConflictError:
            return 0
        return number

    saved = [number for number in run_concurrently([lambda n=n: save(n) for n in range(1, 9)]) if number]
    assert len(saved) == 1
    assert stored_campaign(runtime, campaign).text.ask == f"Keep it, {saved[0]}."
    assert [number for number, _, _ in editions(runtime, campaign)] == [1, 2]
    assert len([entry for entry in trail(runtime, campaign) if entry.action == "edit text"]) == 1


def test_who_changes_settings_and_who_changes_the_text_cannot_undo_each_other(runtime: Runtime) -> None:
    campaign = new_campaign(runtime)
    seen = edit.open_for_edit(runtime, campaign.id).revision
    actions = [
        lambda: edit.change_texts(
            runtime, MARY, campaign.id, seen, "en", {**edit.page_texts(campaign.versions[0]), "ask": "Keep the newts."}
        ),
        lambda: edit.change_settings(runtime, FLO, campaign.id, seen, CampaignSettings(goals=(7,))),
    ]
    outcomes = run_concurrently([lambda act=act: outcome_of(act) for act in actions])
    assert sorted(map(str, outcomes)) == ["overtaken", "saved"]
    after = stored_campaign(runtime, campaign)
    assert (after.text.ask == "Keep the newts.") != (after.goals == (7,))


def outcome_of(act: Any) -> str:
    try:
        act()
    except EditConflictError:
        return "overtaken"
    return "saved"


def test_settings_are_stored_as_they_were_chosen(runtime: Runtime) -> None:
    campaign = new_campaign(runtime)
    rules = CampaignSettings(
        (5, 50), SignFormFields("optional", "no", "required"), "full-name", "#b01a5c", "pond@example.org", "The pond society",
        "Us", "https://pond.example.org",
    )  # fmt: skip
    edit.change_settings(runtime, MARY, campaign.id, edit.open_for_edit(runtime, campaign.id).revision, rules)
    after = stored_campaign(runtime, campaign)
    assert (after.goals, asdict(after.form_fields), after.contact) == (
        (5, 50), {"country": "optional", "postcode": "no", "comment": "required"}, "pond@example.org",
    )  # fmt: skip
    assert after.appearance == Appearance(
        "#b01a5c", "full-name", "The pond society", organiser="Us", organiser_url="https://pond.example.org"
    )
    assert campaign_cache.cached_campaign(runtime.redis, campaign.slug) == after
    entry = trail(runtime, campaign)[0]
    assert entry.before["goals"] == [3, 10, 1000]
    assert entry.after == {
        "goals": [5, 50], "country": "optional", "postcode": "no", "comment": "required", "supporters": "full-name",
        "accent": "#b01a5c", "contact": "set", "controller": "set", "organiser": "set",
        "organiser_url": "set", "revision": 2,
    }  # fmt: skip
    assert "pond@example.org" not in f"{entry}"


def test_what_is_published_keeps_its_window(runtime: Runtime, now: ManualClock) -> None:
    campaign = new_campaign(runtime)
    times = Schedule(now(), now() + campaign.window.closes_at.resolution)
    edit.change_settings(
        runtime, MARY, campaign.id, edit.open_for_edit(runtime, campaign.id).revision, CampaignSettings(), times
    )
    assert stored_campaign(runtime, campaign).window == campaign.window
