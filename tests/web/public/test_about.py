"""Pages about the site: whose it is, how accessible, and where to report a weakness."""

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

from flask import Flask

from campaign.runtime import Runtime
from tests.html_validator import html_problems
from tests.support.compile_cache import make_app
from tests.support.factories import ManualClock, new_campaign


def test_a_site_without_settings_still_has_pages_that_say_something(app: Flask) -> None:
    for path, words in (("/about", "confirmed by email before it counts"), ("/accessibility", "WCAG")):
        page = app.test_client().get(path)
        assert page.status_code == 200
        assert html_problems(page.text) == []
        assert words in page.text
        assert "Set-Cookie" not in page.headers
        assert f'<a href="{path}">' in app.test_client().get("/").text


def test_whose_site_it_is_stands_on_every_page_instead_of_ours(make_runtime: Callable[..., Runtime], tmp_path: Path) -> None:
    logo = tmp_path / "logo.svg"
    logo.write_text('<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1 1"/>')
    runtime = make_runtime(
        site_name="Leeds Keeps Its Libraries", site_logo=logo, site_colour="#7a1f5c", site_contact="hello@leeds.example",
        site_about="We are **neighbours**.",
    )  # fmt: skip
    new_campaign(runtime)
    reader = make_app(runtime).test_client()
    for path in ("/", "/c/save-the-pond", "/about", "/accessibility", "/privacy", "/nowhere"):
        page = reader.get(path).text
        assert html_problems(page) == []
        assert "Leeds Keeps Its Libraries" in page
        [address] = set(re.findall(r"/static/logo\.svg\?v=\w+", page))
    assert reader.get(address).mimetype == "image/svg+xml"
    assert "Powered by Countersign." in page
    about = reader.get("/about").text
    assert "<strong>neighbours</strong>" in about
    assert "hello@leeds.example" in about
    assert 'id="questions"' in about
    [sheet] = re.findall(r'href="(/static/site\.css[^"]+)"', page)
    assert "#7a1f5c" in reader.get(sheet).text
    # A page of another site's colour is another file.
    assert sheet not in make_app(make_runtime()).test_client().get("/").text


def test_the_terms_are_those_of_the_operator_and_no_page_without(make_runtime: Callable[..., Runtime]) -> None:
    reader = make_app(make_runtime(site_terms="One person, one signature.\n\n## Changes\n\nWe tell you.")).test_client()
    page = reader.get("/terms?lang=cy")
    assert page.status_code == 200
    assert html_problems(page.text) == []
    assert "One person, one signature." in page.text
    assert "<h2>Changes</h2>" in page.text
    assert 'href="/terms"' in reader.get("/").text
    without = make_app(make_runtime()).test_client()
    assert without.get("/terms").status_code == 404
    assert "/terms" not in without.get("/").text


def test_who_looks_for_a_contact_finds_it(app: Flask) -> None:
    for query in ("", "?lang=cy"):
        answer = app.test_client().get(f"/contact{query}")
        assert (answer.status_code, answer.headers["Location"]) == (303, f"/about{query}#questions")


def test_security_txt_says_whom_to_tell_and_until_when(make_runtime: Callable[..., Runtime], now: ManualClock) -> None:
    fields = {}
    for contact in ("", "hello@leeds.example"):
        reader = make_app(make_runtime(site_contact=contact)).test_client()
        answer = reader.get("/.well-known/security.txt")
        assert answer.mimetype == "text/plain"
        fields = dict(line.split(": ", 1) for line in answer.text.splitlines())
        assert fields["Contact"] == (f"mailto:{contact}" if contact else "https://sign.example.org/about")
    assert fields["Canonical"] == "https://sign.example.org/.well-known/security.txt"
    assert timedelta(days=30) < datetime.fromisoformat(fields["Expires"]) - now() < timedelta(days=365)
