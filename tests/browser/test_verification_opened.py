"""The script that tells that the page with the button was looked at."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Request, expect

from tests.browser.visitor import CONFIRM, Visitor

pytestmark = [pytest.mark.browser, pytest.mark.timeout(900)]


def test_who_looks_at_the_button_for_five_seconds_is_told_of_once_and_without_a_cookie(
    visitor: Callable[..., Visitor],
) -> None:
    zoe, elsewhere = visitor(), visitor()
    zoe.go()
    zoe.sign()
    zoe.open_mail(CONFIRM)
    link = zoe.mail_link("v").get_attribute("href")
    assert link is not None

    told: list[Request] = []
    elsewhere.context.on("request", lambda request: told.append(request) if request.url.endswith("/opened") else None)
    elsewhere.stop_clock()
    elsewhere.go(link)
    expect(elsewhere.page.get_by_role("button", name="Confirm my signature")).to_be_visible()
    elsewhere.page.clock.run_for(4_500)
    assert told == []
    with elsewhere.page.expect_response("**/opened") as answered:
        elsewhere.page.clock.run_for(1_000)
    assert answered.value.status == 204
    assert "cookie" not in answered.value.request.all_headers()
    elsewhere.page.clock.run_for(60_000)
    assert len(told) == 1
    assert answered.value.request.method == "POST"
