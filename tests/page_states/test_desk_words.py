"""Every word of the desk was given to the translators: none of its pages says one in a language that nobody speaks."""

import csv
import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any
from urllib.parse import urlsplit

import pytest
import tinyhtml5
from sqlalchemy import select

from campaign.store.tables import metadata
from tests.page_states import PageCatalogue, build_desk_in_pseudo_language, problem_report
from tests.page_states.desk_paper_lists import EVERY_MISTAKE
from tests.page_states.test_html import read
from tests.support.pseudo_locale import PSEUDO_LOCALE

_ENGLISH = re.compile(r"[A-Za-z]{2,}")
_SAME_IN_EVERY_LANGUAGE = re.compile(
    r"“\u2068[^\u2069]*\u2069”|https?://\S+|[\w.-]+@[\w.-]+|[\w.-]*\.(?:example|org|test|uk)\S*|127\.0\.0\.1\S*"
    r"|/c/\S*|\?via=\S*|\b[0-9a-f]{8,}…?|\b[A-Z]{1,2}[0-9][A-Z0-9]?(?: [0-9][A-Z]{2})?\b"
    r"|\([A-Z]{1,2}\)|\d[\d.]* [kMG]B|commons, lords, [\w, -]*other|localhost|DNS|MAIL_FROM"
    r"|Action Network|CiviCRM|Mailchimp|listmonk"
    r"|WhatsApp|Messenger|Facebook|Bluesky|Telegram|LinkedIn|Threads|Mastodon|Countersign|English|Cymraeg|Firefox on Linux"
    r"|[A-Z][a-z]+/[A-Z]\w+|CSV|XLSX|PDF|JSON|ZIP|QR|SHA-256|SPF|DKIM|DMARC|GMT|BST|UTC"
)
_DATA = {"script", "style", "datalist", "textarea", "code", "pre", "bdi", "svg"}
_DATA_CHOICES = {"country", "language", "time_zone", "who"}
"""Lists of names that are not ours."""
_DATA_CLASSES = {"rich", "code", "site-name", "banner", "diff", "tiles"}
_TYPED = {
    "village-pond", "lido", "long-words", "fountain", "ferries", "bare-draft", "station", "gone", "fair", "market", "nowhere",
    "orchard",    "leaflet-3", "leaflet-9", "You are signed out.", "The campaign is published.",
}  # fmt: skip
"""What the states are made with and no database has."""
_ATTRIBUTES = ("alt", "title", "placeholder", "aria-label")


@pytest.fixture(scope="module")
def shown() -> Iterator[PageCatalogue]:
    with build_desk_in_pseudo_language() as made:
        yield made


def words_of(html: str) -> list[str]:
    """What a page says in its own language, on it and in what is read aloud; without names and texts that somebody typed."""
    found: list[str] = []

    def walk(element: Any) -> None:
        if not isinstance(element.tag, str) or element.tag in _DATA or element.get("lang", PSEUDO_LOCALE) != PSEUDO_LOCALE:
            return
        if element.tag == "select" and element.get("name") in _DATA_CHOICES:
            return
        if _DATA_CLASSES.intersection(element.get("class", "").split()):
            return
        found.append(element.text or "")
        found.extend(element.get(name, "") for name in _ATTRIBUTES)
        for child in element:
            walk(child)
            found.append(child.tail or "")

    walk(tinyhtml5.parse(html, namespace_html_elements=False))
    return [text.strip() for text in found if text.strip()]


def stored_texts(shown: PageCatalogue) -> set[str]:
    """What people typed: every text in the databases that is more than a word of ours, and each of its lines."""
    found: set[str] = set()
    for site in shown.sites:
        if not str(site.runtime.engine.url).startswith("sqlite"):
            continue
        with site.runtime.reading() as connection:
            for table in metadata.sorted_tables:
                for row in connection.execute(select(table)):
                    found.update(line.strip() for value in row if isinstance(value, str) for line in value.split("\n"))
    return {text for text in found if len(text) > 2 and not re.fullmatch(r"[a-z][a-z_ -]*", text)} | _TYPED


def test_no_page_of_the_desk_says_a_word_that_was_not_given_to_the_translators(shown: PageCatalogue) -> None:
    desks = [
        page for page in shown.pages if (path := urlsplit(page.url).path).startswith("/desk/") and not path.endswith("/preview")
    ]
    typed = re.compile("|".join(re.escape(text) for text in sorted(stored_texts(shown), key=len, reverse=True)))
    found: dict[str, list[str]] = {}
    clean: set[str] = set()
    for page in desks:
        _, html = read(page, PSEUDO_LOCALE)
        said = {text for text in words_of(html) if _ENGLISH.search(_SAME_IN_EVERY_LANGUAGE.sub("", text))} - clean
        left_over = {text: _SAME_IN_EVERY_LANGUAGE.sub("", typed.sub("", text)) for text in said}
        found[page.name] = [text for text in left_over.values() if _ENGLISH.search(text)]
        clean.update(text for text, left in left_over.items() if not _ENGLISH.search(left))
        if f'<html lang="{PSEUDO_LOCALE}"' not in html:
            found[page.name].append("is in another language")
    wrong = problem_report(found)
    assert not wrong, wrong
    assert len(desks) > 150


def test_the_list_of_rows_that_are_left_out_says_no_word_that_was_not_given_to_the_translators(shown: PageCatalogue) -> None:
    page = shown.page_named(f"desk, {EVERY_MISTAKE}")
    _, text = read(replace(page, url=f"{page.url}/left-out.csv"), PSEUDO_LOCALE)
    rows = list(csv.reader(text.splitlines()))
    wrong = [cell for row in rows for cell in row if _ENGLISH.search(_SAME_IN_EVERY_LANGUAGE.sub("", cell))]
    assert not wrong, wrong
    assert len({what for _, _, what in rows}) > 8
