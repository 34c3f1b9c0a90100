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
from babel.messages.catalog import Catalog
from babel.messages.frontend import CommandLineInterface
from babel.messages.mofile import write_mo
from flask import Flask

from campaign.domain.campaigns.definition import language_version
from campaign.domain.common.formatting import text_direction
from campaign.languages import (
    BUNDLED_LANGUAGES,
    DESK_DOMAIN,
    ENGLISH,
    NATIVE_NAMES,
    Language,
    find_languages,
    isolate_placeholders,
    name_from_cldr,
)
from campaign.runtime import Runtime
from campaign.web.language import use_campaign_language
from campaign.web.translation import gettext
from tests.support.caches import expire_campaigns
from tests.support.catalogues import DESK_SOURCE, SOURCE, catalogue_path, check_catalogue, read_catalogue, without_shared
from tests.support.compile_cache import make_app
from tests.support.factories import ManualClock, new_campaign
from tests.support.pseudo_locale import PSEUDO_LOCALE, pseudo_languages
from tests.support.servers import MailServer
from tests.support.signatory import Signatory, run_workers

ROOT = Path(__file__).parents[2]
TRANSLATED = [language for language in BUNDLED_LANGUAGES.offered if language is not ENGLISH]
_LATIN = re.compile(r"[A-Za-z]{2,}")
_NAMES = re.compile(
    r"https?://\S+|[\w.-]+@[\w.-]+|sign\.example\.org|Countersign|WhatsApp|Messenger|LinkedIn|Threads|Facebook|Bluesky|Telegram|Mastodon|mastodon\.\w+"
    r"|Gmail|Outlook|Yahoo Mail|iCloud Mail"
    rf"|{'|'.join(language.name for language in BUNDLED_LANGUAGES.offered)}"
    r"|SVG|PNG|PDF|JSON|HTML|QR|GMT|BST|SW1A 1AA|Latin"
)
"""What is the same in every language."""
_UNSPOKEN = {"script", "style", "textarea", "code"}


def collected(tmp_path: Path, mapping: str) -> Catalog:
    """What `make words` would collect now."""
    recipe = re.search(r"EXTRACT = pybabel --quiet extract (.*?)\n[A-Z]", (ROOT / "Makefile").read_text(), re.DOTALL)
    assert recipe is not None
    options = recipe[1].replace("\\\n", " ").split()
    target = tmp_path / f"{Path(mapping).stem}.pot"
    extract = ["pybabel", "--quiet", "extract", *options, "--mapping-file", str(ROOT / mapping)]
    CommandLineInterface().run([*extract, "--output-file", str(target), str(ROOT)])
    return read_catalogue(target)


def test_the_bundled_languages_have_the_names_that_cldr_has_for_them() -> None:
    assert {code: name_from_cldr(code) for code in NATIVE_NAMES} == NATIVE_NAMES
    assert {language.code for language in BUNDLED_LANGUAGES.offered} == {*NATIVE_NAMES, ENGLISH.code}


def test_what_was_collected_for_translators_is_what_the_source_says(tmp_path: Path) -> None:
    public = collected(tmp_path, "pyproject.toml")
    now = {message.id for message in public}
    assert now == {message.id for message in read_catalogue(SOURCE)}, "run `make words`"
    assert len(now) > 200
    at_desk = {message.id for message in without_shared(collected(tmp_path, "campaign/translations/desk.toml"), public)}
    assert at_desk == {message.id for message in read_catalogue(DESK_SOURCE)}, "run `make words`"
    assert len(at_desk) > 800


def test_every_language_fits_the_source_and_ours_is_complete() -> None:
    source = read_catalogue(SOURCE)
    checks = {language.code: check_catalogue(read_catalogue(catalogue_path(language.code)), source) for language in TRANSLATED}
    desk = check_catalogue(read_catalogue(catalogue_path("cy", DESK_DOMAIN)), read_catalogue(DESK_SOURCE))
    assert (desk.broken, desk.missing) == ((), ())
    assert {code: check.broken for code, check in checks.items() if check.broken} == {}
    assert checks["cy"].missing == ()
    # The others may lag behind by a twentieth: what is missing is said in English.
    assert {code: check.missing for code, check in checks.items() if len(check.missing) > check.messages // 20} == {}


def test_nothing_is_counted_by_the_same_words_for_one_and_for_many() -> None:
    many = re.compile(r"%\(num\)s (?:[a-z]+ )?[a-z]{2,}s\b|%\(num\)s .*\b(?:are|were|them)\b")
    counted = [message.id for source in (SOURCE, DESK_SOURCE) for message in read_catalogue(source) if message.pluralizable]
    assert [singular for singular, plural in counted if singular == plural and many.search(singular)] == []
    assert all(many.search(wrong) for wrong in ("Of %(num)s mails nobody knows", "%(num)s more are left out"))


def test_what_runs_is_what_was_translated() -> None:
    paths = [catalogue_path(language.code, domain) for language in TRANSLATED for domain in ("messages", DESK_DOMAIN)]
    for path in filter(Path.exists, paths):
        compiled = BytesIO()
        write_mo(compiled, read_catalogue(path))
        assert compiled.getvalue() == path.with_suffix(".mo").read_bytes(), "run `make words`"


@pytest.mark.parametrize(
    ("message", "strings"),
    [
        ("To: %(who)s", ["An: %(wer)s"]),
        ("To: %(who)s", ["An alle"]),
        ("It <b>counts</b>.", ["Es zählt."]),
        ("One\nTwo", ["Eins zwei"]),
        ("%(part)s of it", ["%(part)s: 3% davon"]),
        (("%(num)s person of %(all)s", "%(num)s people of %(all)s"), ["%(num)s", "%(num)s von %(all)s"]),
        (("%(num)s signature", "%(num)s signatures"), ["eine Unterschrift", "%(num)s Unterschriften"]),
    ],
)  # fmt: skip
def test_a_translation_that_does_not_fit_its_message_is_found(message: str | tuple[str, str], strings: list[str]) -> None:
    source, translated = Catalog(), Catalog(locale="de")
    source.add(message)
    translated.add(message, tuple(strings) if isinstance(message, tuple) else strings[0])
    assert check_catalogue(translated, source).broken != ()


def test_a_language_that_is_a_folder_is_spoken_under_its_own_name_and_what_it_lacks_is_english(
    runtime: Runtime, tmp_path: Path
) -> None:
    catalogue = Catalog(locale="fa")
    catalogue.add("Privacy", "حریم خصوصی")
    catalogue.add("Sent by %(site)s", "از %(site)s فرستاده شد")
    target = tmp_path / "fa" / "LC_MESSAGES" / "messages.mo"
    target.parent.mkdir(parents=True)
    with target.open("wb") as file:
        write_mo(file, catalogue)
    (tmp_path / "not finished").mkdir()
    found = find_languages(tmp_path)
    assert found.offered == (ENGLISH, Language("fa", "فارسی"))
    page = make_app(runtime, found).test_client().get("/privacy?lang=fa").text
    assert '<html lang="fa" dir="rtl">' in page
    assert "حریم خصوصی" in page
    assert "All campaigns" in page


@pytest.fixture
def pseudo(runtime: Runtime, tmp_path: Path) -> Flask:
    """The site, which also speaks a language nobody does."""
    return make_app(runtime, pseudo_languages(tmp_path / "translations"))


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


def test_a_page_looks_for_the_words_of_its_language_once(runtime: Runtime, signatory: Callable[..., Signatory]) -> None:
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


def test_every_language_of_the_site_can_be_chosen_on_every_page(pseudo: Flask, runtime: Runtime) -> None:
    new_campaign(runtime)
    others = [one for one in pseudo.extensions["countersign_languages"].offered if one.code != "cy"]
    for path in ("/", "/privacy", "/c/save-the-pond"):
        html = pseudo.test_client().get(f"{path}?lang=cy").text
        (chooser,) = re.findall(r'<details class="menu">.*?</details>', html, re.DOTALL)
        assert re.findall(r">(\w+)</span></summary>", chooser) == ["Cymraeg"]
        assert re.findall(r'<a href="([^"]+)" lang="(\w+)" hreflang="(\w+)" dir="(\w+)">([^<]+)</a>', chooser) == [
            (f"{path}?lang={one.code}", one.code, one.code, text_direction(one.code), one.name) for one in others
        ]


def test_what_is_put_into_a_sentence_from_right_to_left_does_not_change_the_order_of_its_words(
    pseudo: Flask, runtime: Runtime
) -> None:
    new_campaign(runtime, recipient="The council (of old!)")
    html = pseudo.test_client().get(f"/c/save-the-pond?lang={PSEUDO_LOCALE}").text
    assert re.search(r"\u2068<bdi[^>]*>The council \(of old!\)</bdi>\u2069", html)
    assert "\u2068" not in pseudo.test_client().get("/c/save-the-pond?lang=cy").text
    # Not within a tag, and not around an address.
    assert isolate_placeholders('<a href="%(at)s">%(site)s</a>: %(address)s') == (
        '<a href="%(at)s">\u2068%(site)s\u2069</a>: %(address)s'
    )


def test_a_proxy_in_front_knows_the_languages() -> None:
    shipped = (ROOT / "deploy/nginx.conf").read_text()
    (known,) = {tuple(found.split("|")) for found in re.findall(r"[:>]((?:[a-z]{2}\|)+[a-z]{2})\)", shipped)}
    assert set(known) == set(BUNDLED_LANGUAGES.codes)


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
    runtime: Runtime, signatory: Callable[..., Signatory]
) -> None:
    welsh = language_version("save-the-pond", "cy", title="Achubwch y pwll", ask="Cadwch y pwll.")
    new_campaign(runtime, translations=(welsh,))
    ada = signatory()
    answer = ada.browser.post("/c/save-the-pond/signatures?lang=cy", data={**ada.form(), "text": welsh.text.hash})
    assert answer.location == "/c/save-the-pond/check-your-email?lang=cy"
    assert answer.data == b"", "no browser shows it"
    run_workers(runtime)
    mail = ada.mails[-1]
    assert "Achubwch y pwll" in mail["Subject"]
    html = mail.get_body(("html",))
    assert html is not None
    assert '<html lang="cy"' in html.get_content()
    # The link alone says it: the page with the button is in Welsh too.
    assert '<html lang="cy"' in ada.open_verification().text
    assert ada.confirm().status_code == 303
