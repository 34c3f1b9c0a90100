"""A form of the desk that is refused comes back with everything that was typed into it: every form of every page."""

import html
from html.parser import HTMLParser
from typing import Any

import pytest
from flask import Flask

from campaign.runtime import Runtime
from tests.support.factories import ManualClock
from tests.web.desk.test_access_by_role import ACCESS_ROWS, RoleClients, _path

NOT_TYPED = {"hidden", "submit", "button", "checkbox", "radio", "file", "password"}
SECRETS = {"code"}
"""Never shown again: they are typed again."""
WORDS = "Sgŵd №{number} <b> & “x”"
"""No address, time, number, slug or network, and nothing that HTML could mangle unseen."""


class Forms(HTMLParser):
    """The forms of a page that are sent by POST: where to, what stands in them, and into which fields one types."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str], list[str]]] = []
        self._form: tuple[str, dict[str, str], list[str]] | None = None
        self._area = self._select = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        has = {name: value or "" for name, value in attrs}
        name = has.get("name", "")
        if tag == "form":
            self._form = (has.get("action", ""), {}, []) if has.get("method") == "post" else None
        if self._form is None:
            return
        _, values, typed = self._form
        if tag == "input" and name:
            kind = has.get("type", "text")
            if kind not in NOT_TYPED and name not in SECRETS:
                typed.append(name)
            elif kind == "hidden" or "checked" in has:
                values[name] = has.get("value", "")
            elif kind == "radio":
                values.setdefault(name, has.get("value", ""))
        elif tag == "textarea":
            typed.append(name)
        elif tag == "select":
            self._select = name
        elif tag == "option" and self._select and ("selected" in has or self._select not in values):
            values[self._select] = has.get("value", "")

    def handle_endtag(self, tag: str) -> None:
        if tag == "select":
            self._select = ""
        if tag == "form" and self._form is not None:
            self.found.append(self._form)
            self._form = None


def lost_words(somebody: Any, form: tuple[str, dict[str, str], list[str]], empty: str = "") -> list[str]:
    """Fields of a form whose words do not come back though it was refused; the field `empty` has nothing typed into it."""
    action, values, typed = form
    words = {name: "" if name == empty else WORDS.format(number=number) for number, name in enumerate(typed)}
    answer = somebody.post(action, {**values, **words, "csrf": somebody.csrf})
    shown = answer if answer.status_code != 303 else somebody.get(answer.location)
    if not shown.mimetype.startswith("text/html") or (
        answer.status_code == 303 and 'class="note note-wrong" role="status"' not in shown.text
    ):
        return []
    page = html.unescape(shown.text)
    return [f"{answer.status_code} {action} {name}" for name, value in words.items() if value and value not in page]


@pytest.mark.timeout(300)
def test_whatever_is_refused_comes_back_with_all_that_was_typed(app: Flask, runtime: Runtime, now: ManualClock) -> None:
    world = RoleClients(app, runtime, now)
    somebody, names = world.new("owner", operator=True)
    lost, tried = [], set()
    for method, rule in ACCESS_ROWS:
        if method != "GET" or ".json" in rule or ".csv" in rule:
            continue
        page = Forms()
        answer = somebody.get(_path(rule, names))
        if answer.mimetype != "text/html":
            continue
        page.feed(answer.text)
        for form in page.found:
            action, _, typed = form
            if not typed or (action, *typed) in tried or "sign-out" in action:
                continue
            tried.add((action, *typed))
            for empty in ["", *typed]:
                lost += lost_words(somebody, form, empty)
    assert sorted(set(lost)) == []
    assert len(tried) > 25
