"""Typed text: pointed out where it looks mistyped, said again on the next page, and there for who comes back."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Route, expect

from tests.browser.visitor import CONFIRM, PHONE, Visitor
from tests.support.up_process import CAMPAIGN_PATH

pytestmark = [pytest.mark.browser, pytest.mark.timeout(900)]


def test_a_mistyped_mail_domain_is_pointed_out_and_never_corrected_by_force(visitor: Callable[..., Visitor]) -> None:
    zoe = visitor()
    zoe.stop_clock()
    zoe.go()
    email, hint = zoe.page.get_by_label("Your email address"), zoe.page.locator("[data-suggest]")

    def typed(address: str) -> None:
        email.fill(address)
        zoe.page.keyboard.press("Tab")
        zoe.page.clock.run_for(1000)

    typed("zoe@gmial.com")
    expect(hint).to_contain_text("Did you mean zoe@gmail.com?")
    expect(email).to_have_value("zoe@gmial.com")
    email.fill("zoe@gmial.co")
    expect(hint).to_be_empty()

    typed("zoe@hotmial.co.uk")
    expect(hint).to_contain_text("Did you mean zoe@hotmail.co.uk?")
    zoe.press("Use it")
    expect(email).to_have_value("zoe@hotmail.co.uk")
    expect(email).to_be_focused()
    expect(hint).to_be_empty()

    for real in ("zoe@hotmail.com", "zoe@mail.com", "zoe@yahoo.fr", "zoe@bt.com", "zoe@example.org", "zoe"):
        typed(real)
        expect(hint).to_be_empty()


def test_what_was_typed_is_still_there_for_who_comes_back_to_correct_it(visitor: Callable[..., Visitor]) -> None:
    zoe = visitor()
    zoe.go()
    zoe.page.get_by_label("Email me").check()
    zoe.fill(name="Zoë", country="GB", postcode="SW1A 1AA")
    zoe.press("Sign the petition")
    expect(zoe.page.get_by_role("heading", name="Check your email")).to_be_visible()
    zoe.follow("Correct it and sign again")
    page = zoe.page
    expect(page.get_by_label("Your name")).to_have_value("Zoë")
    expect(page.get_by_label("Your email address")).to_have_value(zoe.email)
    expect(page.get_by_label("Postcode")).to_have_value("SW1A 1AA")
    expect(page.get_by_label("Email me")).to_be_checked()

    # Who comes by any other way finds the form empty, and nothing kept.
    zoe.go()
    expect(page.get_by_label("Your name")).to_have_value("")
    assert zoe.evaluate("sessionStorage.length") == 0


def test_who_types_before_the_script_has_come_keeps_their_words_and_their_place(visitor: Callable[..., Visitor]) -> None:
    zoe = visitor()
    slow: list[bool] = []
    held: list[Route] = []
    zoe.page.route("**/site.js*", lambda route: held.append(route) if slow else route.continue_())
    name, email = zoe.page.get_by_label("Your name"), zoe.page.get_by_label("Your email address")

    def script_comes() -> None:
        held.pop().continue_()
        zoe.page.wait_for_load_state()

    zoe.go()
    zoe.sign()
    slow.append(True)
    zoe.page.get_by_role("link", name="Correct it and sign again").click()
    expect(email).to_have_value("")
    name.fill("Zoe Bronte")
    script_comes()
    expect(email).to_have_value(zoe.email)
    expect(name).to_have_value("Zoe Bronte")

    email.fill("nowhere")
    zoe.page.get_by_role("button", name="Sign the petition").click()
    expect(zoe.page.get_by_role("heading", name="There is a problem")).to_be_visible()
    name.fill("Zoë")
    script_comes()
    expect(name).to_be_focused()


def test_the_page_that_says_check_your_email_says_which_address_and_what_to_look_for(visitor: Callable[..., Visitor]) -> None:
    zoe = visitor(scripts=False)
    zoe.email = "zoe.misspelt@gmial.com"
    zoe.go()
    zoe.sign()
    main = zoe.page.get_by_role("main")
    expect(main).to_contain_text("zoe.misspelt@gmial.com")
    expect(main).to_contain_text("Did you mean zoe.misspelt@gmail.com?")
    assert "misspelt" not in zoe.page.url
    expect(main).to_contain_text(CONFIRM)
    zoe.follow("Correct it")
    assert zoe.path == CAMPAIGN_PATH


def test_who_meant_the_address_that_is_suggested_finds_it_in_the_form(visitor: Callable[..., Visitor]) -> None:
    zoe = visitor(screen=PHONE)
    zoe.email = "zoe.meant@gmial.com"
    zoe.go()
    zoe.sign()
    zoe.follow("Correct it")
    expect(zoe.page.locator("#email")).to_have_value("zoe.meant@gmail.com")
    expect(zoe.page.locator("#name")).to_have_value("Zoë Brontë-O’Neill")
