"""Refusals in the log: a line for each link that is none, each post from elsewhere and each 403, naming nobody."""

import re

import pytest
from flask import Flask
from structlog.testing import capture_logs

from campaign.domain.accounts.role import Role
from campaign.runtime import Runtime
from tests.support.desk_client import new_campaigner
from tests.support.factories import new_campaign

TOKEN = "c29tZWJvZHktZWxzZXM.c29tZWJvZHktZWxzZXM"
LINKS = {
    "/v/{}": "verify", "/s/{}": "manage", "/s/{}/receipt": "manage", "/u/{}": "unsubscribe", "/desk/enter/{}": "entrance",
    "/desk/invitation/{}": "invitation", "/desk/account/address/{}": "new address", "/preview/save-the-pond/{}": "preview",
    "/preview/save-the-pond/{}/image-0123456789abcdef-480.webp": "preview",
}  # fmt: skip
"""Paths with a token, and what each is called in the log."""


def test_every_page_behind_somebodys_own_link_is_among_them(app: Flask) -> None:
    pages = {
        rule.rule for rule in app.url_map.iter_rules()
        if rule.arguments & {"token", "key"} and "GET" in (rule.methods or ()) and not rule.rule.startswith("/dev/")
    }  # fmt: skip
    named = {"slug": "save-the-pond", "name": "0123456789abcdef-480.webp", "token": "{}", "key": "{}"}
    assert {re.sub(r"<(\w+)>", lambda part: named[part[1]], page) for page in pages} == LINKS.keys()


@pytest.mark.parametrize(("path", "kind"), LINKS.items())
def test_a_link_that_is_none_is_a_line_without_the_link(runtime: Runtime, app: Flask, path: str, kind: str) -> None:
    mary = new_campaigner(runtime, app)
    with capture_logs() as said:
        answer = mary.get(path.format(TOKEN))
    assert answer.status_code in (403, 404, 410)
    assert kind in [entry["kind"] for entry in said if entry["event"].startswith("A link was refused")]
    assert TOKEN[:12] not in repr(said)


def test_a_post_from_another_site_and_a_403_are_lines_with_their_route(runtime: Runtime, app: Flask) -> None:
    campaign = new_campaign(runtime)
    viewer = new_campaigner(runtime, app, campaign, Role.VIEWER, email="mary@example.org")
    path = "/desk/c/save-the-pond/paper/sheets"
    with capture_logs() as said:
        assert viewer.post("/desk/sign-out", headers={"Sec-Fetch-Site": "cross-site"}).status_code == 403
        assert viewer.browser.post(path, data={"csrf": "guessed"}).status_code == 403
        assert viewer.post(path).status_code == 403
    lines = [(entry["route"], entry["method"]) for entry in said if entry["event"] == "A request was refused"]
    assert lines == [
        ("/desk/sign-out", "POST"),
        ("/desk/c/<slug>/paper/sheets", "POST"),
        ("/desk/c/<slug>/paper/sheets", "POST"),
    ]
    assert "mary@example.org" not in repr(said)
    assert "guessed" not in repr(said)
