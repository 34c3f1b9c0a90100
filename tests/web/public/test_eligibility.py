"""The statement of who may sign on the pages of signatories: in the form, on the page with the button, on My signature."""

import json
from collections.abc import Callable

import pytest

from campaign.domain.accounts.actor import COMMAND_LINE
from campaign.domain.campaigns.definition import language_version
from campaign.domain.campaigns.eligibility import EligibilityTotals, eligibility_totals
from campaign.runtime import Runtime
from campaign.services.campaigns import create_and_find, edit
from campaign.store.campaigns import statements
from tests.support.caches import expire_campaigns
from tests.support.factories import new_campaign
from tests.support.signatory import Signatory, run_workers

WORDS = "I live, work or study in Leeds."
pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)


@pytest.fixture
def ada(signatory: Callable[..., Signatory]) -> Signatory:
    return signatory()


def totals(runtime: Runtime) -> EligibilityTotals:
    run_workers(runtime)
    campaign = create_and_find.get_by_slug(runtime, "save-the-pond")
    assert campaign is not None
    with runtime.reading() as connection:
        return eligibility_totals(statements.totals_by_declaration(connection, campaign.id), campaign.eligibility)


def test_the_form_of_page_and_widget_asks_for_the_statement_in_the_campaigns_words(runtime: Runtime, ada: Signatory) -> None:
    new_campaign(runtime, eligibility="area", statement=WORDS)
    for path in ("/c/save-the-pond", "/c/save-the-pond/embed"):
        page = ada.browser.get(path).text
        assert f'<label for="declared">{WORDS}</label>' in page
        assert '<input type="hidden" name="statement" value="1">' in page
        assert "signatures without it are counted separately" in page
    assert WORDS not in ada.browser.get("/c/save-the-pond/privacy").text
    assert "Whether you may sign under the rule of this campaign" in ada.browser.get("/c/save-the-pond/privacy").text


def test_a_campaign_for_everybody_asks_nothing(runtime: Runtime, ada: Signatory) -> None:
    new_campaign(runtime, statement=WORDS)
    assert 'name="declared"' not in ada.browser.get("/c/save-the-pond").text
    assert "Whether you may sign" not in ada.browser.get("/c/save-the-pond/privacy").text
    assert ada.sign(declared="1", statement="1").status_code == 303
    assert totals(runtime) == EligibilityTotals()
    ada.browser.post(ada.verify_path())
    assert totals(runtime) == EligibilityTotals(not_asked=1)


def test_without_a_required_tick_the_form_comes_back_with_the_error_at_its_field(runtime: Runtime, ada: Signatory) -> None:
    new_campaign(runtime, eligibility="residence", eligibility_rule="required", statement="I live in Wales.")
    page = ada.sign(statement="1", name="Ada Lovelace")
    assert page.status_code == 422
    assert '<a href="#declared">Tick the box if this is true of you.' in page.text
    assert 'aria-describedby="declared-hint declared-error" aria-invalid="true" required' in page.text
    assert 'value="Ada Lovelace"' in page.text
    assert ada.sign(statement="1", declared="1").status_code == 303


def test_who_does_not_tick_an_optional_statement_signs_and_is_counted_apart(runtime: Runtime, ada: Signatory) -> None:
    new_campaign(runtime, eligibility="area", statement=WORDS)
    assert ada.sign(statement="1").status_code == 303
    run_workers(runtime)
    assert f"You did not tick: “{WORDS}”" in ada.browser.get(ada.verify_path()).text
    ada.browser.post(ada.verify_path())
    assert totals(runtime) == EligibilityTotals(outside=1)
    mine = ada.browser.get(ada.manage_path()).text
    assert f"You did not tick: “{WORDS}”" in mine
    ada.browser.post(ada.manage_path(), data={"action": "consents", "statement": "1", "declared": "1"})
    assert totals(runtime) == EligibilityTotals(within=1)
    assert f"You ticked: “{WORDS}”" in ada.browser.get(ada.manage_path()).text
    data = json.loads(ada.browser.post(ada.manage_path(), data={"action": "download"}).text)
    assert (data["declared"], data["statement"]) == ("yes", WORDS)
    ada.browser.post(ada.manage_path(), data={"action": "consents", "updates": "1"})
    assert totals(runtime) == EligibilityTotals(within=1), "a form without the statement leaves it as it is"


def test_what_was_not_shown_is_not_declared(runtime: Runtime, ada: Signatory) -> None:
    new_campaign(runtime, eligibility="area", statement=WORDS)
    opened = edit.open_for_edit(runtime, 1)
    texts = edit.page_texts(opened.campaign.versions[0]) | {"statement": "I live in Leeds."}
    edit.change_texts(runtime, COMMAND_LINE, 1, opened.revision, "en", texts)
    expire_campaigns()
    for shown in ("1", "", "9", "x"):
        page = ada.sign(statement=shown, declared="1", name="Ada Byron")
        assert page.status_code == 422
        assert "was changed while you were reading it" in page.text
        assert 'name="statement" value="2"' in page.text
        assert 'value="Ada Byron"' in page.text
    assert ada.sign(statement="2", declared="1").status_code == 303


def test_the_statement_is_shown_in_the_language_of_the_form(runtime: Runtime, ada: Signatory) -> None:
    welsh = language_version("save-the-pond", "cy", title="Pwll", ask="Cadwch.", statement="Rwy’n byw yn Leeds.")
    new_campaign(runtime, eligibility="area", statement=WORDS, translations=(welsh,))
    page = ada.browser.get("/c/save-the-pond?lang=cy").text
    assert "Rwy’n byw yn Leeds." in page
    assert 'name="statement" value="2"' in page
