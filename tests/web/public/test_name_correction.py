"""Correcting a confirmed name on one's own page."""

from collections.abc import Callable

import pytest

from campaign.runtime import Runtime
from tests.support.factories import new_campaign
from tests.support.queries import execute_sql
from tests.support.signatory import Signatory, run_workers


@pytest.fixture
def ada(runtime: Runtime, signatory: Callable[..., Signatory]) -> Signatory:
    """Somebody whose signature counts, with a slip in her name."""
    new_campaign(runtime)
    one = signatory()
    one.sign(name="Ada Lovelaec")
    run_workers(runtime)
    one.confirm()
    run_workers(runtime)
    return one


def test_a_slip_is_corrected_and_both_names_are_shown(ada: Signatory) -> None:
    path = ada.manage_path()
    answer = ada.browser.post(path, data={"action": "name", "name": " Ada  Lovelace "})
    assert (answer.status_code, answer.location) == (303, f"{path}?corrected=1#details-title")
    page = ada.browser.get(answer.location).text
    assert "Your name is corrected." in page
    assert '<dd dir="auto">Ada Lovelace</dd>' in page
    assert '<dt>Signed as</dt><dd dir="auto">Ada Lovelaec</dd>' in page
    data = ada.browser.post(path, data={"action": "download"}).get_json()
    assert (data["name"], data["signed_as"]) == ("Ada Lovelace", "Ada Lovelaec")


@pytest.mark.parametrize(
    ("typed", "words"),
    [("", "Enter your name."), ("Robert Brown", "This looks like another name."), ("=A<b>", "cannot begin with")],
)
def test_a_wrong_one_is_told_at_its_field_and_stays_in_it(ada: Signatory, typed: str, words: str) -> None:
    answer = ada.browser.post(ada.manage_path(), data={"action": "name", "name": typed})
    assert answer.status_code == 422
    assert "<details open>" in answer.text
    assert '<a href="#name">' in answer.text
    assert words in answer.text
    assert 'aria-invalid="true"' in answer.text
    assert f'name="name" value="{typed.replace("<", "&lt;").replace(">", "&gt;")}"' in answer.text


def test_there_is_no_form_for_it_once_the_total_is_final_or_before_it_counts(runtime: Runtime, ada: Signatory) -> None:
    path = ada.manage_path()
    assert "Correct my name" in ada.browser.get(path).text
    execute_sql(runtime, "UPDATE signatures SET state = 'pending', verified_at = NULL")
    assert "Correct my name" not in ada.browser.get(path).text
    answer = ada.browser.post(path, data={"action": "name", "name": "Ada Lovelace"})
    assert (answer.status_code, answer.location) == (303, path)
    assert "Ada Lovelaec" in ada.browser.get(path).text
