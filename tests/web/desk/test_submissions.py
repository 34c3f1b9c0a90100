"""Handing in at the desk: choosing whom, seeing what they accept, deciding what the papers say."""

import re
from pathlib import Path

import pytest
from flask import Flask

from campaign.domain.accounts.role import Role
from campaign.runtime import Runtime
from campaign.services import exports, submissions
from campaign.services.ledger import count
from campaign.services.signatures import sign
from campaign.store.campaigns import campaigns
from tests.conftest import on_both_databases
from tests.html_validator import html_problems
from tests.services.submissions.sample_petition import papers_text, write_papers
from tests.support.caches import expire_campaigns
from tests.support.desk_client import DeskClient, new_campaigner, page_text
from tests.support.factories import new_campaign, sign_form_data, stored_campaign, verify_link_of
from tests.support.queries import query_scalar

COMMONS = "/desk/c/save-the-pond/submission/house-of-commons"


def owner(runtime: Runtime, app: Flask, **changes: str) -> DeskClient:
    campaign = new_campaign(runtime, **changes)
    return new_campaigner(runtime, app, campaign, Role.OWNER)


def test_the_recipient_that_fits_the_campaign_is_marked_and_what_each_accepts_is_said(app: Flask, runtime: Runtime) -> None:
    page = page_text(owner(runtime, app, recipient_kind="commons").get("/desk/c/save-the-pond/submission"))
    commons, rest = page.split("House of Lords, petition", 1)
    assert "Handwritten signatures only" in commons
    assert "Fits this campaign" in commons
    assert "Fits this campaign" not in rest
    assert "no signature from here can be brought there" in rest


def test_the_recipient_that_fits_the_campaign_comes_first(app: Flask, runtime: Runtime) -> None:
    page = owner(runtime, app, recipient_kind="council").get("/desk/c/save-the-pond/submission").text
    names = re.findall(r"/submission/([a-z-]+)\">", page)
    assert names[:2] == ["council", "house-of-commons"]
    assert len(names) == len(submissions.list_profiles())


def test_before_anything_is_made_it_is_said_that_electronic_signatures_are_not_accepted(app: Flask, runtime: Runtime) -> None:
    page = page_text(owner(runtime, app).get(COMMONS))
    assert "electronic signatures and photocopies are not accepted" in page
    assert "On each page: “This annex is not part of the formal petition.”" in page
    assert "At least 1 signature by hand must be handed in; 0 are on file." in page


def test_what_is_decided_is_kept_shown_in_the_letter_and_told_to_the_audit_trail_without_its_words(
    app: Flask, runtime: Runtime
) -> None:
    somebody = owner(runtime, app)
    typed = {
        "revision": "0",
        "member": "Jo Cox MP",
        "request": "urges the parish to keep the *pond*",
        "confirm_court": "confirmed",
    }
    assert somebody.post(COMMONS, typed).status_code == 303
    answer = somebody.get(COMMONS)
    page = page_text(answer)
    assert "Dear Jo Cox MP" in page
    assert "request that the House of Commons urges the parish to keep the *pond*." in page  # stars stay stars
    assert "You have confirmed: The matter is not before a court." in page
    became = query_scalar(runtime, "SELECT after FROM audit_log WHERE action = 'prepare submission'")
    assert "member" in str(became)
    assert "Cox" not in str(became)
    trail = page_text(somebody.get("/desk/c/save-the-pond/audit"))
    assert "The matter is not before a court" in trail, trail
    assert "confirm_court" not in trail


@on_both_databases
def test_what_nobody_could_make_sure_of_is_said_with_the_rules(app: Flask, runtime: Runtime) -> None:
    editor = new_campaigner(runtime, app, new_campaign(runtime), Role.EDITOR)
    page = page_text(editor.get("/desk/c/save-the-pond/submission/new-zealand-house"))
    assert "We could not make sure of this; ask there. The limits of 80, 300 and 500 characters" in page
    assert "could not make sure" not in page_text(editor.get("/desk/c/save-the-pond/submission/council"))


def test_two_editors_never_overwrite_each_other(app: Flask, runtime: Runtime) -> None:
    somebody = owner(runtime, app)
    assert somebody.post(COMMONS, {"revision": "0", "member": "Ada"}).status_code == 303
    late = somebody.post(COMMONS, {"revision": "0", "member": "Grace"})
    assert late.status_code == 409
    assert "Somebody else has changed this" in late.text
    assert 'value="Grace"' in late.text
    assert somebody.post(COMMONS, {"revision": "1", "member": "Grace"}).status_code == 303
    with runtime.reading() as connection:
        kept = submissions.get_options(connection, 1, submissions.get_profile("house-of-commons"))
    assert kept == {"member": "Grace"}


def test_what_cannot_be_kept_is_shown_again_with_an_error_at_its_field(app: Flask, runtime: Runtime) -> None:
    somebody = owner(runtime, app)
    answer = somebody.post(COMMONS, {"revision": "0", "member": "x" * 121, "listed": "everybody-else"})
    assert answer.status_code == 422
    assert 'href="#member"' in answer.text
    assert 'href="#listed"' in answer.text
    assert "x" * 121 in answer.text


def test_a_company_is_never_offered_the_names_of_all(app: Flask, runtime: Runtime) -> None:
    somebody = owner(runtime, app, recipient_kind="company")
    path = "/desk/c/save-the-pond/submission/minister"
    assert 'value="public" checked' in somebody.get(path).text
    assert 'value="all"' not in somebody.get(path).text
    assert somebody.post(path, {"revision": "0", "listed": "all"}).status_code == 422


def test_the_text_of_an_e_petition_is_counted_against_its_limits_without_a_script(app: Flask, runtime: Runtime) -> None:
    somebody = owner(runtime, app)
    path = "/desk/c/save-the-pond/submission/uk-e-petition"
    assert "21 of 80 characters" in page_text(somebody.get(path))
    assert somebody.post(path, {"revision": "0", "action": "k" * 95}).status_code == 303
    page = page_text(somebody.get(path))
    assert "95 of 80 characters, 15 too many" in page
    assert "Shorten it by 15." in page
    assert "Make the pack" not in page


def test_the_papers_hold_names_so_an_editor_prepares_them_and_an_owner_makes_them(app: Flask, runtime: Runtime) -> None:
    campaign = new_campaign(runtime)
    editor = new_campaigner(runtime, app, campaign, Role.EDITOR)
    boss = new_campaigner(runtime, app, campaign, Role.OWNER)
    assert "Make the pack" in boss.get(COMMONS).text
    assert "Make the pack" not in editor.get(COMMONS).text
    form = re.search(r'action="(/desk/c/save-the-pond/exports)".*?</form>', boss.get(COMMONS).text, re.DOTALL)
    assert form
    fields = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', form[0]))
    assert boss.post(form[1], fields).location == "/desk/c/save-the-pond/exports"
    (made,) = exports.list_exports(runtime, campaign, boss.id)
    assert (made.plan.format.value, made.plan.profile) == ("pack", "house-of-commons")


def test_a_recipient_that_is_not_there_is_not_found(app: Flask, runtime: Runtime) -> None:
    somebody = owner(runtime, app)
    for key in ("nobody", "common", "..", "house-of-commons%2f.."):
        assert somebody.get(f"/desk/c/save-the-pond/submission/{key}").status_code == 404


def test_how_many_may_sign_by_their_own_word_is_said_and_is_among_the_figures(
    app: Flask, runtime: Runtime, tmp_path: Path
) -> None:
    campaign = new_campaign(
        runtime, recipient_kind="council", eligibility="area", statement="I live, work or study in Leeds.",
    )  # fmt: skip
    somebody = new_campaigner(runtime, app, campaign, Role.OWNER)
    for number, declaration in enumerate((1, 1, 1, -1, 0)):
        given = sign_form_data(f"{number}@example.org", declaration=declaration)
        sign.sign_campaign(runtime, campaign.id, campaign.text.hash, given)
        sign.verify_signature(runtime, verify_link_of(runtime, number + 1))
    count.advance_ledgers(runtime)
    campaign = stored_campaign(runtime, campaign)
    runtime.cache_campaign(campaign)
    expire_campaigns()
    page = page_text(somebody.get("/desk/c/save-the-pond/submission"))
    assert "5 signed, 3 will stand under the recipient’s rule" in page
    assert "1 did not tick the statement, 1 were not asked" in page
    write_papers(runtime, campaign, "minister", tmp_path)
    words = papers_text(tmp_path / "minister")
    assert "Declared “I live, work or study in Leeds.” 3" in words
    assert "did not declare it: “I live, work or study in Leeds.” 1" in words
    assert "Not asked for a statement of who may sign 1" in words


@pytest.mark.parametrize("profile", [one.key for one in submissions.list_profiles() if one.papers])
def test_every_answer_that_cannot_be_is_said_at_its_field(app: Flask, runtime: Runtime, profile: str) -> None:
    somebody, page = owner(runtime, app), f"/desk/c/save-the-pond/submission/{profile}"
    found = submissions.get_profile(profile)
    # As much of it in any script as is not too much for a form.
    wrong = {
        one.name: "no such choice" if one.kind == "choose" else "李" * (one.longest * (4 if one.counted else 1) + 1)
        for one in found.questions
    }
    if found.listing is not None:
        wrong["listed"] = "no such list"
    assert f'action="{page}" enctype="multipart/form-data"' in somebody.get(page).text
    answer = somebody.post_multipart(page, {"csrf": somebody.csrf, "revision": "0", **wrong})
    assert (answer.status_code, html_problems(answer.text)) == (422, [])
    for name in wrong:
        assert f'href="#{name}"' in answer.text, name
    # What is one of the choices is taken.
    right = {one.name: one.choices[0][0] for one in found.questions if one.kind == "choose"}
    if found.listing is not None:
        right["listed"] = found.listed_names("")
    assert somebody.post(page, {"revision": "0", **right}).status_code == 303
    with runtime.reading() as connection:
        campaign = campaigns.get_by_slug(connection, "save-the-pond")
    assert campaign is not None
    assert submissions.get_decision(runtime, campaign.id, found).options == {
        name: value for name, value in right.items() if value
    }
