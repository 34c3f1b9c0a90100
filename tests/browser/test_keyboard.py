"""Everything by keyboard, and the focus always in sight."""

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.browser.visitor import CONFIRM, PHONE, Visitor

pytestmark = [pytest.mark.browser, pytest.mark.timeout(900)]

_MAX_TAB_STOPS = 60


def tab_to(zoe: Visitor, what: str) -> None:
    """Press Tab until something has the focus, and see where it is at each stop."""
    for _ in range(_MAX_TAB_STOPS):
        zoe.page.keyboard.press("Tab")
        if zoe.evaluate("document.activeElement === document.body"):
            continue  # After the last stop, the focus is the browser's own for one press.
        stop = str(zoe.evaluate("document.activeElement.id || document.activeElement.innerText"))
        # Pages are scrolled by whole pixels, so of what stands between two the last fraction of one can be outside.
        expect(zoe.focused).to_be_in_viewport(ratio=0.95)
        outline = zoe.evaluate(
            "(({outlineStyle, outlineWidth}) => [outlineStyle, outlineWidth])(getComputedStyle(document.activeElement))"
        )
        assert outline[0] != "none", f"nothing shows that {stop!r} has the focus"
        assert float(outline[1].removesuffix("px")) >= 2, stop
        if stop == what:
            return
    raise AssertionError(f"{what} is not reached by Tab")


def test_somebody_without_a_mouse_signs_and_confirms(visitor: Callable[..., Visitor]) -> None:
    zoe = visitor()
    keys = zoe.page.keyboard
    zoe.go()
    keys.press("Tab")
    expect(zoe.focused).to_have_text("Skip to the content")
    expect(zoe.focused).to_be_in_viewport(ratio=0.99)
    zoe.enter()
    expect(zoe.focused).to_have_id("main")

    tab_to(zoe, "name")
    zoe.enter()
    expect(zoe.page.get_by_role("heading", name="There is a problem")).to_be_visible()
    expect(zoe.focused).to_have_id("problem")
    keys.press("Tab")
    expect(zoe.focused).to_have_text("Enter your name.")
    zoe.enter()
    expect(zoe.focused).to_have_id("name")
    keys.type("Zoë Brontë-O’Neill")
    tab_to(zoe, "email")
    keys.type(zoe.email)
    tab_to(zoe, "postcode")
    keys.type("sw1a1aa")
    tab_to(zoe, "Not in the UK?")
    zoe.enter()
    tab_to(zoe, "country")
    keys.type("United K")
    tab_to(zoe, "updates")
    keys.press("Space")
    expect(zoe.page.get_by_label("Email me")).to_be_checked()
    tab_to(zoe, "Sign the petition")
    zoe.enter()
    expect(zoe.page.get_by_role("heading", name="Check your email")).to_be_visible()

    zoe.open_mail(CONFIRM)
    link = zoe.mail_link("v").get_attribute("href")
    other = visitor()
    other.go(str(link))
    tab_to(other, "Confirm my signature")
    other.enter()
    expect(other.page.get_by_role("heading", name="Thank you, Zoë Brontë-O’Neill")).to_be_visible()
    tab_to(other, "see, change or withdraw your signature")
    other.enter()
    expect(other.page.get_by_role("heading", name="Your signature", exact=True)).to_be_visible()
    tab_to(other, "Withdraw my signature")
    other.enter()
    tab_to(other, "Yes, withdraw it")
    other.enter()
    expect(other.page.get_by_text("You withdrew it")).to_be_visible()


def test_on_a_phone_with_a_keyboard_nothing_hides_the_focus(visitor: Callable[..., Visitor]) -> None:
    zoe = visitor(screen=PHONE)
    zoe.go()
    tab_to(zoe, "All campaigns")
