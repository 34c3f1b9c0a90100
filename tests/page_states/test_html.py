"""Every page of the catalogue is HTML without a mistake, and every page there is stands in the catalogue."""

import re
from collections.abc import Iterator
from http.client import HTTPConnection
from urllib.parse import urlencode, urlsplit

import pytest

from tests.html_validator import html_problems
from tests.page_states import NON_PAGE_ROUTES, PageCatalogue, PageState, build_page_catalogue, problem_report


@pytest.fixture(scope="module")
def pages() -> Iterator[PageCatalogue]:
    """Every page in every state, made here: some last ten minutes, less than a browser’s walk may take."""
    with build_page_catalogue() as made:
        yield made


def read(page: PageState, language: str = "") -> tuple[int, str]:
    """A page as it comes from the server to a browser that asks for a language: its status and its text."""
    address = urlsplit(page.url)
    connection = HTTPConnection(address.netloc, timeout=20)
    headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in page.cookies.items())} if page.cookies else {}
    if language:
        headers["Accept-Language"] = language
    if page.form is not None:
        headers["Content-Type"] = "application/x-www-form-urlencoded"
    body = None if page.form is None else urlencode(page.form)
    connection.request("GET" if body is None else "POST", page.url.removeprefix(f"http://{address.netloc}"), body, headers)
    answer = connection.getresponse()
    html = answer.read().decode()
    connection.close()
    return answer.status, html


def summary_problems(html: str) -> list[str]:
    """What is wrong with how a page that comes back says, on top of it, what is to be mended, and leads to each field."""
    summary = re.search(r'<(section|div) class="summary".*?</\1>', html, re.DOTALL)
    if summary is None:
        # A question is no mistake: it stands in a note of its own.
        return [] if 'class="note note-warn" role="alert"' in html else ["says nowhere on top what is wrong"]
    return [
        f"leads to {name!r}, which is not there"
        for name in re.findall(r'href="#([^"]*)"', summary[0])
        if f'id="{name}"' not in html
    ]


def test_every_page_is_html_without_a_mistake(pages: PageCatalogue) -> None:
    found = {}
    for page in pages.pages:
        status, html = read(page)
        found[page.name] = html_problems(html)
        if status == 422:
            found[page.name] += summary_problems(html)
        if status != page.status or page.example not in html:
            found[page.name].append(f"is not the page that is meant: it answers {status}, and {page.example!r} is not on it")
    wrong = problem_report(found)
    assert not wrong, wrong


def test_every_page_route_is_in_the_catalogue(pages: PageCatalogue) -> None:
    routes = pages.sites[0].app.url_map
    there = {rule.rule for rule in routes.iter_rules() if "GET" in (rule.methods or ())}
    adapter = routes.bind("localhost")
    opened = [urlsplit(page.url).path for page in pages.pages if page.form is None and page.status == 200]
    listed = {adapter.match(path, return_rule=True)[0].rule for path in opened}
    assert there - listed - NON_PAGE_ROUTES == set()
    assert there >= NON_PAGE_ROUTES, "what is no page any more need not be named"
