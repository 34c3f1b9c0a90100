"""Admission: a form is taken by the route that the server has found for it, and is not looked for twice."""

import pytest
from flask import Flask

from campaign.runtime import Runtime
from campaign.web.admission import ROUTE_KEY, Threads, admission
from campaign.web.security_headers import MAX_BODY_BYTES
from tests.support.factories import new_campaign

POND, MOOR = "/c/save-the-pond/signatures", "/c/save-the-moor/signatures"


def test_a_form_is_answered_by_the_route_that_was_found(app: Flask, runtime: Runtime) -> None:
    new_campaign(runtime)
    new_campaign(runtime, slug="save-the-moor")
    route = admission(app, "POST", MOOR, "").route
    assert route is not None
    form = {"name": "Ada Lovelace", "email": "ada@example.org", "country": "GB", "postcode": "SW1A 1AA"}
    answers = [
        app.test_client().post(POND, data=form, environ_overrides=known) for known in ({}, {ROUTE_KEY: route})
    ]  # fmt: skip
    assert [answer.location for answer in answers] == ["/c/save-the-pond/check-your-email", "/c/save-the-moor/check-your-email"]


@pytest.mark.parametrize(
    ("method", "path", "max_body_bytes", "is_known"),
    [
        ("POST", POND, MAX_BODY_BYTES, True),
        ("POST", "/c/caf\xc3\xa9/signatures", MAX_BODY_BYTES, False),
        ("POST", "/nowhere", 0, False),
        ("PUT", POND, 0, False),
        ("POST", "/healthz", 0, False),
        ("GET", POND, 0, False),
    ],
)
def test_a_body_is_read_where_there_is_a_route_for_it(
    app: Flask, method: str, path: str, max_body_bytes: int, is_known: bool
) -> None:
    admitted = admission(app, method, path, "")
    assert (admitted.max_body_bytes, admitted.route is not None) == (max_body_bytes, is_known)
    assert (admitted.threads is Threads.STORE) == (method != "GET")
