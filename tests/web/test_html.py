"""Every page of the catalogue is HTML without a mistake, and every page there is hangs in the catalogue."""

from collections.abc import Iterator
from http.client import HTTPConnection
from urllib.parse import urlencode, urlsplit

import pytest

from tests.gallery import NOT_PAGES, Gallery, Page, gallery, told
from tests.html import problems


@pytest.fixture(scope="module")
def shown() -> Iterator[Gallery]:
    with gallery() as made:
        yield made


def read(page: Page) -> tuple[int, str]:
    """A page as it comes from the server: its status and its text."""
    address = urlsplit(page.url)
    connection = HTTPConnection(address.netloc, timeout=20)
    headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in page.cookies.items())} if page.cookies else {}
    if page.form is not None:
        headers["Content-Type"] = "application/x-www-form-urlencoded"
    body = None if page.form is None else urlencode(page.form)
    connection.request("GET" if body is None else "POST", page.url.removeprefix(f"http://{address.netloc}"), body, headers)
    answer = connection.getresponse()
    html = answer.read().decode()
    connection.close()
    return answer.status, html


def test_every_page_is_html_without_a_mistake(shown: Gallery) -> None:
    found = {}
    for page in shown.pages:
        status, html = read(page)
        found[page.name] = problems(html)
        if status != page.status or page.example not in html:
            found[page.name].append(f"is not the page that is meant: it answers {status}, and {page.example!r} is not on it")
    wrong = told(found)
    assert not wrong, wrong


def test_every_page_there_is_hangs_in_the_catalogue(shown: Gallery) -> None:
    routes = shown.places[0].app.url_map
    there = {rule.rule for rule in routes.iter_rules() if "GET" in (rule.methods or ())}
    adapter = routes.bind("localhost")
    opened = [urlsplit(page.url).path for page in shown.pages if page.form is None and page.status == 200]
    hung = {adapter.match(path, return_rule=True)[0].rule for path in opened}
    assert there - hung - NOT_PAGES == set()
    assert there >= NOT_PAGES, "what is no page any more need not be named"
