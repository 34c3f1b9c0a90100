"""The text of a campaign at the desk: seen before it is stored, changed with a reason once signed, never overwritten unseen."""

import re
from html import unescape
from typing import Any

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from campaign.domain.accounts.role import Role
from campaign.domain.campaigns.campaign import Campaign
from campaign.domain.campaigns.definition import language_version
from campaign.runtime import Runtime
from campaign.services.campaigns import create_and_find, edit
from campaign.services.signatures import sign
from tests.conftest import on_both_databases
from tests.html_validator import html_problems
from tests.journeys.test_races import run_concurrently
from tests.support.caches import expire_campaigns
from tests.support.desk_client import DeskClient, new_campaigner, page_text
from tests.support.factories import ManualClock, new_campaign, sign_form_data

PATH = "/desk/c/save-the-pond/text"


@pytest.fixture
def pond(runtime: Runtime) -> Campaign:
    return new_campaign(
        runtime, translations=(language_version("save-the-pond", "cy", title="Achubwch y pwll", ask="Cadwch y pwll."),)
    )


@pytest.fixture
def mary(runtime: Runtime, app: Flask, pond: Campaign) -> DeskClient:
    return new_campaigner(runtime, app, pond, Role.EDITOR)


def now_said(runtime: Runtime, language: str = "en") -> dict[str, str]:
    campaign = create_and_find.get_by_slug(runtime, "save-the-pond")
    assert campaign is not None
    return edit.page_texts(campaign.in_language(language))


def send(somebody: DeskClient, page: TestResponse, path: str = PATH, **changes: Any) -> TestResponse:
    """Send the form of a page as a browser would, changed."""
    (form,) = re.findall(r'<form method="post" action="[^"]*" enctype="multipart.*?</form>', page.text, re.DOTALL)
    typed = dict(re.findall(r'<input type="(?:text|hidden)"[^>]* name="(\w+)" value="([^"]*)"', form))
    typed |= dict(re.findall(r'<textarea id="\w+" name="(\w+)".*?>\n(.*?)</textarea>', form, re.DOTALL))
    typed |= dict(re.findall(r'<select id="\w+" name="(\w+)".*?<option value="(\w+)" selected', form, re.DOTALL))
    fields = {name: unescape(value) for name, value in typed.items()}
    return somebody.post_multipart(path, {**fields, **changes})


def test_the_form_holds_what_is_stored_and_saving_it_unchanged_changes_nothing(mary: DeskClient, runtime: Runtime) -> None:
    before = now_said(runtime)
    answer = send(mary, mary.get(PATH))
    assert (answer.status_code, answer.location) == (303, PATH)
    assert now_said(runtime) == before


def test_what_is_saved_is_what_the_public_page_says(mary: DeskClient, app: Flask, runtime: Runtime) -> None:
    answer = send(
        mary, mary.get(PATH), ask="Keep the **newts**.", summary="The newts are to go.", recipient_kind="council",
        thank_you="*Diolch!*",
    )  # fmt: skip
    assert answer.status_code == 303
    expire_campaigns()
    page = app.test_client().get("/c/save-the-pond").text
    assert "Keep the <strong>newts</strong>." in page
    assert '<meta property="og:description" content="The newts are to go.">' in page
    stored = create_and_find.get_by_slug(runtime, "save-the-pond")
    assert stored is not None
    assert stored.recipient_kind == "council"
    assert stored.page_texts.thank_you == "*Diolch!*"


def test_everything_that_is_wrong_is_said_at_once_and_what_was_typed_stays(mary: DeskClient, runtime: Runtime) -> None:
    before = now_said(runtime)
    wrong = {
        "title": "", "recipient_kind": "king", "recipient": "r" * 201, "summary": "s" * 301, "ask": "a" * 1_001,
        "background": "b" * 50_001, "share_text": "h" * 201, "thank_you": "t" * 2_001, "note": "\x00", "privacy": "p" * 10_001,
    }  # fmt: skip
    answer = send(mary, mary.get(PATH), **wrong)
    assert answer.status_code == 422
    assert re.findall(r'<a href="#(\w+)">', answer.text) == [
        "title", "recipient_kind", "recipient", "summary", "ask", "background", "share_text", "thank_you", "note", "privacy",
    ]  # fmt: skip
    for name in wrong:
        assert f'id="{name}-error"' in answer.text
    assert "b" * 50_001 in answer.text
    assert "Why must be 50,000 characters or fewer; it has 50,001." in page_text(answer)
    assert now_said(runtime) == before


def test_the_longest_text_in_a_long_script_is_stored(mary: DeskClient, runtime: Runtime) -> None:
    longest = "𝔸" * 50_000
    assert send(mary, mary.get(PATH), background=longest).status_code == 303
    assert now_said(runtime)["background"] == longest


def test_a_text_of_five_megabytes_is_turned_away_in_words(mary: DeskClient, runtime: Runtime) -> None:
    before = now_said(runtime)
    answer = send(mary, mary.get(PATH), background="x" * 5_000_000)
    assert answer.status_code == 413
    assert "Shorten it" in answer.text
    assert now_said(runtime) == before


@pytest.mark.parametrize("language", ["zz", "", "EN", "en-GB", "x" * 300, "%00", "..%2f"])
def test_a_language_that_there_is_not_has_no_page(mary: DeskClient, language: str) -> None:
    assert mary.get(f"{PATH}?language={language}").status_code == 404


@pytest.mark.parametrize("revision", ["", "x", "-1", "١", "99999999999999999999", "\x00"])
def test_a_form_that_says_no_revision_overwrites_nothing(mary: DeskClient, runtime: Runtime, revision: str) -> None:
    before = now_said(runtime)
    assert send(mary, mary.get(PATH), ask="Keep the newts.", revision=revision).status_code == 409
    assert now_said(runtime) == before


def test_the_preview_shows_what_was_typed_and_stores_nothing(mary: DeskClient, runtime: Runtime) -> None:
    before = now_said(runtime)
    answer = send(mary, mary.get(PATH), ask="Keep the **newts**.", background="# Why\n\n<script>x</script>", preview="1")
    assert answer.status_code == 200
    assert "Keep the <strong>newts</strong>." in answer.text
    assert "<script>x" not in answer.text
    assert "Keep the **newts**." in answer.text
    assert now_said(runtime) == before
    fragment = send(mary, mary.get(PATH), f"{PATH}/preview", ask="Keep *them*.", title="<i>Newts</i>", background="x" * 60_000)
    assert fragment.status_code == 200
    assert "Keep <em>them</em>." in fragment.text
    assert "&lt;i&gt;Newts" in fragment.text
    assert "<html" not in fragment.text
    assert len(fragment.text) < 55_000


def test_a_preview_does_not_hide_that_somebody_else_has_saved(mary: DeskClient, runtime: Runtime, app: Flask) -> None:
    flo = new_campaigner(runtime, app, create_and_find.get_by_slug(runtime, "save-the-pond"), Role.OWNER)
    page = mary.get(PATH)
    send(flo, flo.get(PATH), ask="Keep the newts.")
    previewed = send(mary, page, ask="Keep the frogs.", preview="1")
    assert send(mary, previewed).status_code == 409
    assert now_said(runtime)["ask"] == "Keep the newts."


def test_once_signed_a_change_is_shown_reasoned_and_confirmed(
    mary: DeskClient, runtime: Runtime, pond: Campaign, now: ManualClock
) -> None:
    sign.sign_campaign(runtime, pond.id, pond.text.hash, sign_form_data())
    now.advance(minutes=1)
    asked = send(mary, mary.get(PATH), ask="Keep the newts.", note="Changed.")
    assert asked.status_code == 200
    assert "<del>pond</del><ins>newts</ins>" in asked.text
    assert "This makes a new version of the text" in asked.text
    assert now_said(runtime)["ask"] == "Keep the pond."

    without = send(mary, asked, reason=" \n ")
    assert without.status_code == 422
    assert 'id="reason-error"' in without.text
    long = send(mary, without, reason="x" * 301)
    assert long.status_code == 422
    # What is confirmed is what was shown: a change made beside the diff is shown first.
    other = send(mary, long, ask="Keep the frogs.", reason="They are frogs.")
    assert other.status_code == 200
    assert "<ins>frogs</ins>" in other.text

    done = send(mary, other, reason="They are frogs.")
    assert done.status_code == 303
    assert (now_said(runtime)["ask"], now_said(runtime)["note"]) == ("Keep the frogs.", "Changed.")


def test_once_signed_what_is_not_signed_is_changed_as_before(mary: DeskClient, runtime: Runtime, pond: Campaign) -> None:
    sign.sign_campaign(runtime, pond.id, pond.text.hash, sign_form_data())
    assert send(mary, mary.get(PATH), note="News.", summary="A pond.").status_code == 303
    assert now_said(runtime)["note"] == "News."


def test_who_saves_second_sees_both_texts_and_may_save_over_it_knowingly(
    mary: DeskClient, runtime: Runtime, app: Flask
) -> None:
    flo = new_campaigner(
        runtime, app, create_and_find.get_by_slug(runtime, "save-the-pond"), Role.OWNER, name="Florence Nightingale"
    )
    page = mary.get(PATH)
    assert send(flo, flo.get(PATH), ask="Keep the newts.", note="Hers.").status_code == 303
    told = send(mary, page, ask="Keep the frogs.", note="Mine.")
    assert told.status_code == 409
    assert "Florence Nightingale , 23 November 2026 at noon GMT: changed the text ( en )" in page_text(told)
    assert "<del>newts</del><ins>frogs</ins>" in told.text
    assert "<del>Hers</del><ins>Mine</ins>" in told.text
    assert "Keep the frogs.</textarea>" in told.text
    assert now_said(runtime)["ask"] == "Keep the newts."

    assert send(mary, told).status_code == 303
    assert (now_said(runtime)["ask"], now_said(runtime)["note"]) == ("Keep the frogs.", "Mine.")


@on_both_databases
def test_of_two_who_press_save_at_once_one_is_told(mary: DeskClient, runtime: Runtime, app: Flask) -> None:
    flo = new_campaigner(runtime, app, create_and_find.get_by_slug(runtime, "save-the-pond"), Role.OWNER)
    pages = [(mary, mary.get(PATH), "Keep the frogs."), (flo, flo.get(PATH), "Keep the newts.")]
    answers: list[Any] = run_concurrently([lambda a=a, p=p, ask=ask: send(a, p, ask=ask) for a, p, ask in pages])
    assert sorted(answer.status_code for answer in answers) == [303, 409]
    saved = next(ask for (_, _, ask), answer in zip(pages, answers, strict=True) if answer.status_code == 303)
    assert now_said(runtime)["ask"] == saved


def test_a_language_is_written_added_changed_and_taken_away(mary: DeskClient, runtime: Runtime) -> None:
    french = f"{PATH}?language=fr"
    page = mary.get(french)
    assert "Add French" in page.text
    assert send(mary, page, french).status_code == 422
    assert send(mary, page, french, title="Sauvez la mare", ask="Gardez la mare.").location == french
    campaign = create_and_find.get_by_slug(runtime, "save-the-pond")
    assert campaign is not None
    assert [one.language for one in campaign.versions] == ["en", "cy", "fr"]
    assert send(mary, mary.get(french), french, ask="Gardez les tritons.").status_code == 303
    assert now_said(runtime, "fr")["ask"] == "Gardez les tritons."
    revision = str(edit.open_for_edit(runtime, campaign.id).revision)
    ended = {"language": "fr", "revision": revision}
    assert mary.post(f"{PATH}/end-language", {**ended, "revision": "1"}).status_code == 303
    assert now_said(runtime, "fr")["title"] == "Sauvez la mare"
    assert mary.post(f"{PATH}/end-language", {**ended, "language": "en"}).status_code == 404
    assert mary.post(f"{PATH}/end-language", ended).status_code == 303
    assert now_said(runtime, "fr")["title"] == "Save the village pond"


def test_nobody_but_owners_and_editors_changes_the_text(runtime: Runtime, app: Flask, pond: Campaign) -> None:
    for role in (Role.MODERATOR, Role.VIEWER):
        assert new_campaigner(runtime, app, pond, role).get(PATH).status_code == 403


def test_a_translation_has_the_original_beside_it_and_says_when_that_has_changed_since(
    mary: DeskClient, now: ManualClock
) -> None:
    welsh = f"{PATH}?language=cy"
    page = mary.get(welsh)
    assert 'class="original" lang="en"' in page.text
    assert "In English Save the village pond" in page_text(page)
    assert "The original has changed since" not in page.text
    assert 'class="original"' not in mary.get(PATH).text
    now.advance(hours=2)
    send(mary, mary.get(PATH), ask="Keep the newts.")
    page = mary.get(welsh)
    assert html_problems(page.text) == []
    assert "The original has changed since" in page.text
    assert "<ins>newts" in page.text
    assert "23 November 2026" in page_text(page)
    assert "The original has changed since" not in mary.get(PATH).text
    now.advance(hours=2)
    send(mary, mary.get(welsh), welsh, ask="Cadwch y madfallod.")
    assert "The original has changed since" not in mary.get(welsh).text
    assert "The original has changed since" not in mary.get(f"{PATH}?language=fr").text


def test_a_new_translation_has_the_original_beside_it(mary: DeskClient) -> None:
    page = mary.get(f"{PATH}?language=fr")
    assert "Keep the pond." in page_text(page)
    assert 'class="original" lang="en"' in page.text
