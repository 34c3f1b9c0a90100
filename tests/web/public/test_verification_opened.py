"""Views of the page with the button: told by its script, and by a press."""

from collections.abc import Callable

import pytest
from sqlalchemy import text

from campaign.runtime import Runtime
from campaign.services.signatures import sign
from tests.support.factories import new_campaign
from tests.support.queries import query_scalar
from tests.support.signatory import Signatory, run_workers


@pytest.fixture
def ada(runtime: Runtime, signatory: Callable[..., Signatory]) -> Signatory:
    new_campaign(runtime)
    ada = signatory()
    ada.sign()
    run_workers(runtime)
    return ada


def opened(runtime: Runtime) -> int:
    return int(query_scalar(runtime, "SELECT link_opened FROM signatures"))


def test_fetching_the_page_tells_nothing(ada: Signatory, runtime: Runtime) -> None:
    for method in (ada.browser.get, ada.browser.head):
        assert method(ada.verify_path()).status_code == 200
        assert method(f"{ada.verify_path()}/opened").status_code == 405
    assert opened(runtime) == 0


def test_the_script_of_the_page_tells_it_without_a_cookie(ada: Signatory, runtime: Runtime) -> None:
    page = ada.open_verification().text
    assert f'data-opened="{ada.verify_path()}/opened"' in page
    for _ in range(2):
        answer = ada.browser.post(f"{ada.verify_path()}/opened")
        assert (answer.status_code, answer.data) == (204, b"")
        assert "Set-Cookie" not in answer.headers
        assert opened(runtime) == 1
    assert "connect-src 'self'" in ada.open_verification().headers["Content-Security-Policy"]


def test_pressing_the_button_is_opening_the_page(ada: Signatory, runtime: Runtime) -> None:
    assert ada.confirm().status_code == 303
    assert opened(runtime) == 1
    # What is verified already asks for nothing more.
    assert "data-opened" not in ada.open_verification().text


def test_a_link_that_is_not_ours_opens_nothing(ada: Signatory, runtime: Runtime) -> None:
    assert ada.browser.post("/v/nonsense/opened").status_code == 404
    assert opened(runtime) == 0


def test_what_has_ended_is_not_opened_any_more(ada: Signatory, runtime: Runtime) -> None:
    sign.withdraw_signature(runtime, 1)
    assert ada.browser.post(f"{ada.verify_path()}/opened").status_code == 204
    assert opened(runtime) == 0


def test_what_was_opened_is_in_the_funnel_without_being_asked_for(ada: Signatory, runtime: Runtime) -> None:
    ada.browser.post(f"{ada.verify_path()}/opened")
    run_workers(runtime)
    with runtime.reading() as connection:
        row = connection.execute(text("SELECT submitted, sent, opened, verified FROM cohort_tallies")).one()
    assert tuple(row) == (1, 1, 1, 0)
