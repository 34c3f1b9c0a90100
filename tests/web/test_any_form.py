"""Forms and queries with anything in them: every route there is, each field that it reads, and never an error of ours.

Routes come from the application, and fields from what its views look for in a request: neither needs a list here.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, ClassVar

import pytest
from flask import Flask
from werkzeug.datastructures import ImmutableMultiDict
from werkzeug.test import Client, TestResponse

from campaign.domain.common.invisible_characters import NOT_IN_HTML
from campaign.runtime import Runtime
from campaign.web.security_headers import NamedFieldsRequest
from tests.page_states import problem_report
from tests.support.factories import ManualClock, verify_link_of
from tests.web.desk.test_access_by_role import RoleClients, _path

TYPED = "a\x00b<script>zq</script>\x1b\u202e'\"><zq>\x85\u2028\uffff{{7*7}}%s"
NAMELESS = b"--x\r\nContent-Disposition: form-data\r\n\r\nab\r\n--x--\r\n"
MULTIPART = "multipart/form-data; boundary=x"


class NotedFields(ImmutableMultiDict[str, Any]):
    """Fields of a form or a query that note which of them a view looks for."""

    asked: ClassVar[set[str]] = set()

    def __getitem__(self, key: str) -> Any:
        self.asked.add(key)
        return super().__getitem__(key)

    def __contains__(self, key: object) -> bool:
        self.asked.add(str(key))
        return super().__contains__(key)

    def get(self, key: str, *args: Any, **more: Any) -> Any:
        self.asked.add(key)
        return super().get(key, *args, **more)

    def getlist(self, key: str, *args: Any, **more: Any) -> Any:
        self.asked.add(key)
        return super().getlist(key, *args, **more)


class NotingRequest(NamedFieldsRequest):
    parameter_storage_class = NotedFields


class Names(dict[str, object]):
    """Values of what stands in addresses; of what is none of the desk's, a number."""

    def __missing__(self, key: str) -> object:
        return 1


@dataclass
class Visitor:
    """Somebody who may send everything, and what stands in the addresses of what is theirs."""

    browser: Client
    csrf: str
    path_of: Callable[[str], str]

    def send(self, method: str, rule: str, fields: dict[str, str]) -> TestResponse:
        where = {"data": {**fields, "csrf": self.csrf}} if method == "POST" else {"query_string": fields}
        return self.browser.open(self.path_of(rule), method=method, buffered=True, **where)


def _problems(answer: TestResponse) -> Iterator[str]:
    # oEmbed says 501 of a format that it does not have.
    if answer.status_code >= 500 and answer.status_code != 501:
        yield f"answers {answer.status_code}"
    if answer.mimetype == "text/html":
        if "<script>zq" in answer.text or "<zq>" in answer.text:
            yield "shows what was typed as HTML"
        if found := NOT_IN_HTML.search(answer.text):
            yield f"has a character that HTML has no way to write: {found[0]!r}"


def rules_of(site: Flask) -> list[tuple[str, str]]:
    # Drawing takes a second, and no worker runs to be ready.
    rules = [rule for rule in site.url_map.iter_rules() if not rule.rule.endswith(("poster.pdf", "readyz"))]
    return sorted((method, rule.rule) for rule in rules for method in {"GET", "POST"} & (rule.methods or set()))


@pytest.fixture
def visitor(app: Flask, runtime: Runtime, now: ManualClock) -> Callable[[], Visitor]:
    """Makes visitors, each with a campaign of their own."""
    app.request_class = NotingRequest
    world = RoleClients(app, runtime, now)

    def make() -> Visitor:
        somebody, names = world.new("owner", operator=True)
        link = verify_link_of(runtime, int(str(names["signatures/number"])))
        names |= {
            "v/token": runtime.tokens.verify_token(*link),
            "s/token": runtime.tokens.manage_token(link.signature_id, link.link_key),
            "u/token": runtime.tokens.unsubscribe_token(*link),
            "events/provider": "postmark",
        }
        return Visitor(somebody.browser, somebody.csrf, lambda rule: re.sub("<.*?>", "1", _path(rule, Names(names))))

    return make


@pytest.mark.parametrize("database", ["postgresql"], indirect=True)
def test_no_field_of_any_route_ends_in_an_error_of_ours(app: Flask, visitor: Callable[[], Visitor]) -> None:
    """On PostgreSQL, which takes fewer texts than SQLite does."""
    somebody, sent = visitor(), 0
    found: dict[str, list[str]] = {}
    for method, rule in rules_of(app):
        NotedFields.asked.clear()
        answer = somebody.send(method, rule, {})
        found[f"{method} {rule}"] = list(_problems(answer))
        if method == "POST" and answer.status_code == 303:
            # What was there is changed, and perhaps gone.
            somebody = visitor()
        if names := NotedFields.asked - {"csrf"}:
            sent += len(names)
            found[f"{method} {rule}"] += _problems(somebody.send(method, rule, dict.fromkeys(names, TYPED)))
    wrong = problem_report(found)
    assert not wrong, wrong
    assert sent > 500, "fields were found"


def test_a_part_of_a_form_that_has_no_name_is_refused(app: Flask, visitor: Callable[[], Visitor]) -> None:
    somebody = visitor()
    answers = {
        rule: somebody.browser.post(somebody.path_of(rule), data=NAMELESS, content_type=MULTIPART).status_code
        for method, rule in rules_of(app)
        if method == "POST"
    }
    assert {rule: status for rule, status in answers.items() if status >= 500} == {}
    assert answers["/c/<slug>/signatures"] == answers["/desk/account/name"] == 400
