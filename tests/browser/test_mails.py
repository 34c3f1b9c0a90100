"""Every mail as a mailbox shows it: on a phone of 360 pixels, in light and in dark."""

from collections.abc import Iterator
from pathlib import Path
from typing import cast

import pytest
from playwright.sync_api import Browser

from tests.browser.accessibility_checks import AccessibilityChecks
from tests.browser.catalogue_browser import CatalogueBrowser
from tests.browser.visitor import Scheme
from tests.mail import test_message

pytestmark = [pytest.mark.browser, pytest.mark.timeout(900)]

MAILS = sorted(test_message.GOLDEN.rglob("*.html"))
"""As the tests of mails compare them with what is written."""


@pytest.fixture(params=["light", "dark"])
def phone(browser: Browser, request: pytest.FixtureRequest) -> Iterator[CatalogueBrowser]:
    made = CatalogueBrowser(browser, (360, 740), cast("Scheme", request.param))
    yield made
    made.context.close()


def test_every_mail_fits_a_phone_and_can_be_read(phone: CatalogueBrowser) -> None:
    checks, problems = AccessibilityChecks(phone), []
    # With the rules in it once, whatever is then written into it.
    phone.page.goto("about:blank")
    for mail in MAILS:
        phone.page.set_content(mail.read_text())
        # A mail names no colours of its own, and is shown on the mailbox's: said here, or they would be taken for white.
        phone.page.add_style_tag(content="html { background: Canvas; color: CanvasText }")
        found = checks.check_appearance()
        if (width := phone.evaluate("() => document.documentElement.scrollWidth")) > 360:
            found.append(f"it is {width} pixels wide")
        problems += [f"{_name(mail)}: {one}" for one in found]
    assert len(MAILS) >= 40
    assert not problems, "\n".join(problems)


def _name(mail: Path) -> str:
    return str(mail.relative_to(test_message.GOLDEN))
