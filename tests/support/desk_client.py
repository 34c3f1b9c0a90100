"""People at the desk: campaigners with a browser that is signed in."""

import re
import secrets
from dataclasses import dataclass
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse, encode_multipart

from campaign.domain.accounts.role import Role
from campaign.domain.campaigns.campaign import Campaign
from campaign.runtime import Runtime
from campaign.store.accounts import campaigners, team
from campaign.store.redis import sessions

SESSION_COOKIE = "__Secure-cs_desk"
"""Name of the session's cookie at the address of the tests, which is on https."""


@dataclass
class DeskClient:
    """Somebody at the desk, signed in."""

    runtime: Runtime
    id: int
    browser: FlaskClient
    csrf: str

    def get(self, path: str, **more: Any) -> TestResponse:
        return self.browser.get(path, **more)

    def post(self, path: str, data: dict[str, Any] | None = None, **more: Any) -> TestResponse:
        """Send a form as a page of theirs would."""
        return self.browser.post(path, data={"csrf": self.csrf, **(data or {})}, **more)

    def post_multipart(self, path: str, data: dict[str, Any]) -> TestResponse:
        """Send a form as a page with a file or a long text in it would; its fields are as given."""
        boundary, body = encode_multipart(data)
        return self.browser.post(path, data=body, content_type=f"multipart/form-data; boundary={boundary}")


def new_campaigner(
    runtime: Runtime,
    app: Flask,
    campaign: Campaign | None = None,
    role: Role | None = None,
    *,
    email: str = "",
    name: str = "Mary Seacole",
    operator: bool = False,
    second_factor: bool = False,
) -> DeskClient:
    """A campaigner who is signed in, in the team of a campaign where a role is given."""
    email = email or f"{secrets.token_hex(4)}@campaign.example"
    now = runtime.now()
    with runtime.transaction() as connection:
        campaigner_id = campaigners.add_campaigner(connection, email, email.lower(), name, now, is_operator=operator)
        assert campaigner_id is not None
        if campaign is not None and role is not None:
            team.add_member(connection, campaign.id, campaigner_id, role, now)
    return new_session(runtime, app, campaigner_id, second_factor=second_factor)


def new_session(runtime: Runtime, app: Flask, campaigner_id: int, *, second_factor: bool = False) -> DeskClient:
    """Another browser of a campaigner, signed in."""
    cookie, csrf = secrets.token_urlsafe(16), secrets.token_urlsafe(16)
    sessions.start_session(
        runtime.redis, runtime.tokens, cookie, csrf, campaigner_id, "Firefox on Linux", runtime.now(),
        second_factor=second_factor,
    )  # fmt: skip
    browser = app.test_client()
    browser.set_cookie(SESSION_COOKIE, cookie, path="/desk", domain="localhost")
    return DeskClient(runtime, campaigner_id, browser, csrf)


def page_text(answer: TestResponse) -> str:
    """What a page says, without its tags."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", answer.text)).strip()
