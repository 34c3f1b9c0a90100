"""Languages: nothing is left untranslated, and a page is in the one that was asked for."""

import re
import sys
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from types import FrameType
from typing import Any

import flask_babel
import pytest
import tinyhtml5
from babel.messages.catalog import Catalog, Message
from babel.messages.frontend import CommandLineInterface
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from flask import Flask

from campaign.app import create_app
from campaign.domain.campaigns.definition import language_version
from campaign.languages import BUNDLED_LANGUAGES, ENGLISH, TRANSLATIONS_FOLDER, Language
from campaign.runtime import Runtime
from campaign.web.language import gettext, use_campaign_language
from tests.support.caches import expire_campaigns
from tests.support.factories import ManualClock, new_campaign
from tests.support.pseudo_locale import PSEUDO_LOCALE, pseudo_languages
from tests.support.servers import MailServer
from tests.support.signatory import Signatory, run_workers

ROOT = Path(__file__).parents[2]
TRANSLATED = [language for language in BUNDLED_LANGUAGES.offered if language is not ENGLISH]
_PLACEHOLDER = re.compile(r"%\(\w+\)[sd]")
_LATIN = re.compile(r"[A-Za-z]{2,}")
_NAMES = re.compile(
    r"https?://\S+|[\w.-]+@[\w.-]+|sign\.example\.org|Countersign|WhatsApp|Messenger|LinkedIn|Threads|Facebook|Bluesky|Telegram|Mastodon|mastodon\.\w+"
    r"|Gmail|Outlook|Yahoo Mail|iCloud Mail"
    r"|English|Cymraeg|SVG|PNG|PDF|JSON|HTML|QR|GMT|BST|SW1A 1AA|Latin"
)
"""What is the same in every language."""
_UNSPOKEN = {"script", "style", "textarea", "code"}


def catalogue(path: Path) -> Catalog:
    with path.open("rb") as file:
        return read_po(file)


def strings(message: Message) -> tuple[str, ...]:
    return message.string if isinstance(message.string, tuple) else (message.string,)


def collected(tmp_path: Path) -> Catalog:
    """What `make words` would collect now."""
    recipe = re.search(r"extract (--mapping-file .*?)--output-file", (ROOT / "Makefile").read_text(), re.DOTALL)
    assert recipe is not None
    options = recipe[1].replace("\\\n", " ").replace("pyproject.toml", str(ROOT / "pyproject.toml")).split()
    target = tmp_path / "messages.pot"
    CommandLineInterface().run(["pybabel", "--quiet", "extract", *options, "--output-file", str(target), str(ROOT)])
    return catalogue(target)


def test_what_was_collected_for_translators_is_what_the_source_says(tmp_path: Path) -> None:
    now = {message.id for message in collected(tmp_path)}
    kept = {message.id for message in catalogue(TRANSLATIONS_FOLDER / "messages.pot")}
    assert now == kept, "run `make words`"
    assert len(now) > 200


@pytest.mark.parametrize("language", TRANSLATED, ids=lambda language: language.code)
def test_every_message_is_translated(language: Language) -> None:
    source = catalogue(TRANSLATIONS_FOLDER / "messages.pot")
    translated = catalogue(TRANSLATIONS_FOLDER / language.code / "LC_MESSAGES" / "messages.po")
    missing, broken = [], []
    for message in source:
        if not message.id:
            continue
        found = translated.get(message.id)
        if found is None or found.fuzzy or not all(strings(found)):
            missing.append(message.id)
            continue
        wanted = set(_PLACEHOLDER.findall("".join(message.id if isinstance(message.id, tuple) else (message.id,))))
        broken += [(message.id, string) for string in strings(found) if set(_PLACEHOLDER.findall(string)) - wanted]
        if not isinstance(message.id, tuple) and set(_PLACEHOLDER.findall(strings(found)[0])) != wanted:
            broken.append((message.id, strings(found)[0]))
    assert missing == []
    assert broken == []


@pytest.mark.parametrize("language", TRANSLATED, ids=lambda language: language.code)
def test_what_runs_is_what_was_translated(language: Language) -> None:
    folder = TRANSLATIONS_FOLDER / language.code / "LC_MESSAGES"
    compiled = BytesIO()
    write_mo(compiled, catalogue(folder / "messages.po"))
    assert compiled.getvalue() == (folder / "messages.mo").read_bytes(), "run `make words`"


@pytest.fixture
def pseudo(runtime: Runtime, tmp_path: Path) -> Flask:
    """The site, which also speaks a language nobody does."""
    return create_app(runtime, pseudo_languages(tmp_path / "translations"))


def spoken_texts(html: str) -> list[str]:
    """Everything a page says, on it and in what is read aloud."""
    found: list[str] = []

    def walk(element: Any) -> None:
        if not isinstance(element.tag, str) or element.tag in _UNSPOKEN:
            return
        found.append(element.text or "")
        found.extend(element.get(name, "") for name in ("alt", "title", "placeholder", "aria-label"))
        if element.tag == "meta" and element.get("name") == "description":
            found.append(element.get("content", ""))
        for child in element:
            walk(child)
            found.append(child.tail or "")

    walk(tinyhtml5.parse(html, namespace_html_elements=False))
    return [text.strip() for text in found if text.strip()]


def left_in_our_letters(html: str) -> list[str]:
    return [text for text in spoken_texts(html) if _LATIN.search(_NAMES.sub("", text))]


def test_no_page_says_a_word_that_was_not_given_to_the_translators(
    pseudo: Flask, runtime: Runtime, mail: MailServer, now: ManualClock
) -> None:
    greek: dict[str, Any] = {
        "title": "Σώστε τη λίμνη", "recipient": "Το συμβούλιο", "ask": "Κρατήστε τη λίμνη.", "background": "Είναι παλιά.",
        "note": "Σημείωση.", "organiser": "Φίλοι", "organiser_about": "Γείτονες.", "goals": (1, 2, 10),
    }  # fmt: skip
    new_campaign(runtime, **greek)
    closed = new_campaign(runtime, **greek | {"slug": "closed"})
    ada = Signatory(pseudo, mail, name="Άντα Λάβλεϊς")
    lang = f"?lang={PSEUDO_LOCALE}"
    form = f"/c/save-the-pond/signatures{lang}"
    pages = {"mistakes": ada.browser.post(form, data={"email": "x", "country": "GB"})}
    assert ada.browser.post(form, data=ada.form(comment="Γιατί;", public="1")).status_code == 303
    for path in ("", "/share", "/share/mastodon", "/embed", "/privacy", "/check-your-email"):
        pages[path] = ada.browser.get(f"/c/save-the-pond{path}{lang}")
    run_workers(runtime)
    pages["verify"] = ada.browser.get(ada.verify_path() + lang)
    assert ada.confirm().status_code == 303
    run_workers(runtime)
    pages["thanks"] = ada.browser.get(f"/c/save-the-pond/thanks{lang}")
    pages["my signature"] = ada.browser.get(ada.manage_path() + lang)
    for path in ("/", "/?q=λίμνη&", "/?q=ωω&", "/privacy", "/nowhere", "/?list=open&"):
        pages[path] = ada.browser.get(f"{path}{'' if path.endswith('&') else '?'}{lang.lstrip('?')}")
    ada.browser.post(ada.manage_path(), data={"action": "withdraw"})
    pages["withdrawn"] = ada.browser.get(ada.manage_path() + lang)
    now.at = closed.window.closes_at
    expire_campaigns()
    pages["closed"] = ada.browser.get(f"/c/closed{lang}")
    pages["not open"] = ada.browser.post(f"/c/closed/signatures{lang}", data=ada.form())

    left = {name: found for name, page in pages.items() if (found := left_in_our_letters(page.text))}
    assert left == {}
    assert all('dir="rtl"' in page.text for page in pages.values())


def test_a_page_is_in_the_language_asked_for(app: Flask, runtime: Runtime) -> None:
    welsh = language_version("save-the-pond", "cy", title="Achubwch y pwll", ask="Cadwch y pwll.")
    new_campaign(runtime, translations=(welsh,))
    browser = app.test_client()

    def title_and_language(path: str, **headers: str) -> tuple[str, str]:
        html = browser.get(path, headers={name.replace("_", "-"): value for name, value in headers.items()}).text
        found = re.search(r'<html lang="(\w+)"', html)
        assert found is not None
        return re.findall(r"<h1[^>]*>([^<]+)</h1>", html)[0].strip(), found[1]

    assert title_and_language("/c/save-the-pond") == ("Save the village pond", "en")
    assert title_and_language("/c/save-the-pond?lang=cy") == ("Achubwch y pwll", "cy")
    assert title_and_language("/c/save-the-pond", Accept_Language="cy-GB,cy;q=0.9,en;q=0.5") == ("Achubwch y pwll", "cy")
    assert title_and_language("/c/save-the-pond?lang=en", Accept_Language="cy") == ("Save the village pond", "en")
    assert title_and_language("/c/save-the-pond?lang=xx", Accept_Language="fr") == ("Save the village pond", "en")
    # A campaign that speaks one language is in that one, whatever a browser asks for, and can be kept for everybody.
    new_campaign(runtime, slug="english")
    assert title_and_language("/c/english", Accept_Language="cy") == ("Save the village pond", "en")
    assert "Accept-Language" not in browser.get("/c/english").vary
    assert "Accept-Language" in browser.get("/c/save-the-pond").vary


def test_a_page_looks_for_the_words_of_its_language_once(
    app: Flask, runtime: Runtime, signatory: Callable[..., Signatory]
) -> None:
    new_campaign(runtime)
    ada = signatory()
    ada.sign()
    run_workers(runtime)
    looked_for: list[str] = []

    def watch(frame: FrameType, event: str, _argument: object) -> None:
        if event == "call" and frame.f_code is flask_babel.get_translations.__code__:
            looked_for.append(frame.f_code.co_name)

    def looks(path: str) -> int:
        looked_for.clear()
        before = sys.getprofile()
        sys.setprofile(watch)
        try:
            answer = ada.browser.get(path)
        finally:
            sys.setprofile(before)
        assert answer.status_code == 200
        return len(looked_for)

    assert looks(ada.verify_path()) == 1
    ada.confirm()
    run_workers(runtime)
    assert looks("/c/save-the-pond/thanks?lang=cy") == 1
    assert looks(ada.manage_path()) == 1


def test_a_page_that_turns_out_to_be_in_another_language_is_in_it_throughout(app: Flask, runtime: Runtime) -> None:
    campaign = new_campaign(runtime, language="cy", title="Achubwch y pwll", ask="Cadwch y pwll.")
    with app.test_request_context("/"):
        assert gettext("Privacy") == "Privacy"
        use_campaign_language(campaign)
        assert gettext("Privacy") == "Preifatrwydd"
        assert app.jinja_env.from_string("{{ _('Privacy') }}").render() == "Preifatrwydd"


def test_a_choice_of_language_stays_on_every_link(app: Flask, runtime: Runtime) -> None:
    new_campaign(runtime)
    html = app.test_client().get("/c/save-the-pond?lang=cy").text
    switch = re.compile(r'href="([^"]*)"[^>]*\bhreflang=')
    others = set(switch.findall(html))
    inner = [path for path in re.findall(r'(?:href|action)="(/[^"]*)"', html) if path not in others]
    pages = [p for p in inner if not re.search(r"/static/|\.(?:json|atom|svg|png|pdf|webp)", p)]
    assert pages
    assert [path for path in pages if "lang=cy" not in path] == []


def test_a_signatory_is_written_to_in_the_language_they_signed_in(
    app: Flask, runtime: Runtime, signatory: Callable[..., Signatory]
) -> None:
    welsh = language_version("save-the-pond", "cy", title="Achubwch y pwll", ask="Cadwch y pwll.")
    new_campaign(runtime, translations=(welsh,))
    ada = signatory()
    answer = ada.browser.post("/c/save-the-pond/signatures?lang=cy", data={**ada.form(), "text": welsh.text.hash})
    assert answer.location == "/c/save-the-pond/check-your-email?lang=cy"
    run_workers(runtime)
    mail = ada.mails[-1]
    assert "Achubwch y pwll" in mail["Subject"]
    html = mail.get_body(("html",))
    assert html is not None
    assert '<html lang="cy"' in html.get_content()
    # The link alone says it: the page with the button is in Welsh too.
    assert '<html lang="cy"' in ada.open_verification().text
    assert ada.confirm().status_code == 303
