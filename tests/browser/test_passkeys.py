"""Passkeys in a real Chromium, whose own authenticator holds them. They need a site with a name: localhost."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, CDPSession, expect

from tests.browser.conftest import running_site
from tests.browser.visitor import PHONE, Visitor
from tests.support.servers import free_port
from tests.support.up_process import UpProcess

pytestmark = pytest.mark.browser

PASSKEYS_PATH = "/desk/account/passkeys"
SIGN_IN = "Sign in with a passkey"


@pytest.fixture(scope="module")
def site(browser: Browser) -> Iterator[UpProcess]:
    port = free_port()
    with running_site(port, base_url=f"http://localhost:{port}") as up:
        up.url = f"http://localhost:{port}"
        yield up


class Device:
    """The authenticator of a visitor's browser."""

    def __init__(self, visitor: Visitor) -> None:
        self._cdp: CDPSession = visitor.context.new_cdp_session(visitor.page)
        self._cdp.send("WebAuthn.enable", {"enableUI": False})
        options = {
            "protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True,
            "isUserVerified": True, "automaticPresenceSimulation": True,
        }  # fmt: skip
        self._id = self._cdp.send("WebAuthn.addVirtualAuthenticator", {"options": options})["authenticatorId"]

    def credentials(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self._ask("getCredentials")["credentials"]
        return found

    def put_back(self, credential: dict[str, Any], sign_count: int) -> None:
        """Let it hold a credential that has signed so often, and none else."""
        self._ask("clearCredentials")
        self._ask("addCredential", credential={**credential, "signCount": sign_count})

    def unlock(self, *, right: bool) -> None:
        """Whether who holds it shows the right finger from now on."""
        self._ask("setUserVerified", isUserVerified=right)

    def _ask(self, what: str, **more: Any) -> Any:
        return self._cdp.send(f"WebAuthn.{what}", {"authenticatorId": self._id, **more})  # type: ignore[arg-type]


@pytest.fixture
def mary(site: UpProcess, visitor: Callable[..., Visitor]) -> Visitor:
    """A campaigner at a browser, signed in by a printed link."""
    mary = visitor(screen=PHONE)
    link = site.run_command("campaigner", "add", mary.email, "--name", "Mary Seacole").split()[-1]
    mary.go(link)
    mary.press("Sign in")
    expect(mary.page.get_by_role("heading", name="Campaigns", exact=True)).to_be_visible()
    return mary


def add_passkey(mary: Visitor, name: str) -> None:
    mary.go(PASSKEYS_PATH)
    mary.page.get_by_label("Name").fill(name)
    mary.press("Add a passkey")
    # The first one brings recovery codes.
    expect_text(mary, "they are shown this once")
    mary.page.get_by_role("link", name="I have kept them").click()


def sign_out(mary: Visitor) -> None:
    mary.page.get_by_text("Menu", exact=True).click()
    mary.press("Sign out")
    expect_text(mary, "You are signed out")


def expect_text(mary: Visitor, words: str) -> None:
    expect(mary.page.locator("#main").get_by_text(words).first).to_be_visible()


def test_a_passkey_is_added_signs_in_confirms_and_is_removed(mary: Visitor) -> None:
    device = Device(mary)
    add_passkey(mary, "Red phone")
    [credential] = device.credentials()
    assert credential["rpId"] == "localhost"
    assert credential["isResidentCredential"]
    expect(mary.page.get_by_role("heading", name="Red phone")).to_be_visible()

    sign_out(mary)
    mary.go(f"/desk/sign-in?next={PASSKEYS_PATH}")
    mary.press(SIGN_IN)
    expect(mary.page.get_by_text("last used")).to_be_visible()
    assert mary.path == PASSKEYS_PATH

    mary.go(f"/desk/confirm?next={PASSKEYS_PATH}")
    mary.press("Confirm with a passkey")
    expect(mary.page.get_by_role("heading", name="Passkeys", exact=True)).to_be_visible()

    mary.page.get_by_text("Remove Red phone").click()
    mary.press("Remove this passkey")
    expect_text(mary, "The passkey is removed")
    sign_out(mary)
    mary.go("/desk/sign-in")
    mary.press(SIGN_IN)
    expect_text(mary, "That passkey was not accepted")


def test_a_cloned_authenticator_is_refused(mary: Visitor) -> None:
    device = Device(mary)
    add_passkey(mary, "Security key")
    for _ in range(2):
        sign_out(mary)
        mary.go("/desk/sign-in")
        mary.press(SIGN_IN)
        expect(mary.page.get_by_role("heading", name="Campaigns", exact=True)).to_be_visible()
    [credential] = device.credentials()
    many = credential["signCount"]
    sign_out(mary)

    device.put_back(credential, many - 2)
    mary.go("/desk/sign-in")
    mary.press(SIGN_IN)
    expect_text(mary, "a copy of it was used")

    device.put_back(credential, many)
    mary.press(SIGN_IN)
    expect(mary.page.get_by_role("heading", name="Campaigns", exact=True)).to_be_visible()


def test_one_device_is_added_once_and_must_be_unlocked(mary: Visitor) -> None:
    device = Device(mary)
    add_passkey(mary, "Phone")
    mary.press("Add a passkey")
    expect_text(mary, "This device has a passkey of yours already")

    sign_out(mary)
    device.unlock(right=False)
    mary.go("/desk/sign-in")
    mary.press(SIGN_IN)
    expect_text(mary, "Nothing was done")
    device.unlock(right=True)
    mary.press(SIGN_IN)
    expect(mary.page.get_by_role("heading", name="Campaigns", exact=True)).to_be_visible()


def test_without_scripts_no_passkey_is_offered_and_a_password_still_is(
    site: UpProcess, visitor: Callable[..., Visitor]
) -> None:
    ada = visitor(scripts=False)
    ada.go("/desk/sign-in")
    expect(ada.page.get_by_role("button", name="Mail me a link")).to_be_visible()
    expect(ada.page.get_by_role("button", name=SIGN_IN)).to_be_hidden()
    ada.page.get_by_text("Sign in with a password").click()
    expect(ada.page.get_by_label("Password")).to_be_visible()
