"""Language of a page: the one in its address (`?lang=cy`), else one the browser asks for, else the campaign's own.

Nothing is remembered: the choice travels in the addresses of the links on the page, so no cookie is needed.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from typing import Any
from urllib.parse import urlencode

from flask import Flask, current_app, g, request
from flask_babel import refresh
from werkzeug.datastructures import LanguageAccept
from werkzeug.http import parse_accept_header

from campaign.domain.campaigns.campaign import Campaign
from campaign.domain.common.formatting import text_direction
from campaign.languages import ENGLISH, Language, SiteLanguages
from campaign.web.app_context import is_desk_request

LANGUAGE_PARAMETER = "lang"
_MAX_HEADER_CHARACTERS = 200
"""Characters of an Accept-Language header that are read; no browser sends more than a hundred."""
_KEPT_QUERY_ARGUMENTS = ("q", "list", "page")
"""What of an address stays when another language is chosen."""


@dataclass(frozen=True, slots=True)
class PageLanguage:
    """Language of one page."""

    code: str
    """The language of our own words."""
    content_code: str
    """The language of the campaign's words: it may speak one that we do not."""
    explicit: bool
    """Whether it is said in the address."""


@dataclass(frozen=True, slots=True)
class LanguageChoice:
    """A language a page can be had in."""

    code: str
    name: str
    direction: str
    """"ltr" or "rtl"."""
    url: str
    current: bool


def register_languages(app: Flask, languages: SiteLanguages) -> None:
    """Let the pages of `app` be had in `languages`; what they say in them is in `translation`."""
    app.extensions["countersign_languages"] = languages

    @app.context_processor
    def words() -> dict[str, Any]:
        here, choices = page_language(), _language_choices()
        return {
            "language": here.code,
            # For forms that send what is typed in the address: what `to` adds to a link they carry in a field.
            "chosen_language": here.content_code if here.explicit else "",
            "direction": text_direction(here.code),
            "languages": choices,
            # What says the same in another language; a campaign in English only does not become Welsh by its buttons.
            "alternates": tuple(choice for choice in choices if choice.code in _content_languages()),
        }

    # Functions stand apart, so that macros have them however they are imported.
    app.jinja_env.globals.update(localised_path=localised_path, canonical_path=canonical_path, direction_of=text_direction)


def page_language() -> PageLanguage:
    """What this page speaks; decided once for each request."""
    known: PageLanguage | None = g.get("page_language")
    if known is not None:
        return known
    if is_desk_request():
        # Where nobody is signed in: else it is the language they chose.
        return use_desk_language()
    return _set_page_language(_choose_language(site_languages().codes, ENGLISH.code))


def use_campaign_language(campaign: Campaign) -> PageLanguage:
    """Speak what the reader wants of the languages of a campaign."""
    codes = tuple(version.language for version in campaign.versions)
    g.campaign = campaign
    return _set_page_language(_choose_language(codes, campaign.language))


def use_signatory_language(language: str, campaign: Campaign | None = None) -> PageLanguage:
    """Speak what a signatory read when signing, unless the address says another language."""
    g.campaign = campaign
    here = _choose_language((), language)
    return _set_page_language(here)


def use_desk_language(chosen: str = "") -> PageLanguage:
    """Speak to a campaigner: in the language they chose, else in one the address or their browser asks for, else in English.

    The words of the desk are in a catalogue of their own, which is read when the first of its pages is shown in a language.
    """
    g.speaks_desk_words = True
    codes = site_languages().desk_codes
    if chosen in codes:
        return _set_page_language(PageLanguage(chosen, chosen, explicit=False))
    asked = request.args.get(LANGUAGE_PARAMETER, "") if request.query_string else ""
    if asked in codes:
        return _set_page_language(PageLanguage(asked, asked, explicit=True))
    accepted = request.headers.get("Accept-Language", "")[:_MAX_HEADER_CHARACTERS]
    code = _best_language(accepted, codes, ENGLISH.code) if len(codes) > 1 else ENGLISH.code
    return _set_page_language(PageLanguage(code, code, explicit=False))


def desk_languages() -> tuple[Language, ...]:
    """The languages the desk can be had in; none where that is English alone."""
    languages = site_languages()
    return tuple(map(languages.get, languages.desk_codes)) if len(languages.desk_codes) > 1 else ()


@contextmanager
def signatories_language(language: str, campaign: Campaign) -> Iterator[None]:
    """Speak what signatories of a campaign read, for a part of an answer to a campaigner; then their own again."""
    before = page_language()
    use_signatory_language(language, campaign)
    try:
        yield
    finally:
        g.campaign = None
        _set_page_language(before)


def localised_path(path: str) -> str:
    """A path on this site, in the language that was chosen, where one was."""
    here = page_language()
    if not here.explicit:
        return path
    bare, mark, fragment = path.partition("#")
    return f"{bare}{'&' if '?' in bare else '?'}{urlencode({LANGUAGE_PARAMETER: here.content_code})}{mark}{fragment}"


def shared_path(campaign: Campaign) -> str:
    """The path by which a campaign is passed on: in the language of the page, where that is not the campaign's main one."""
    code, path = page_language().content_code, f"/c/{campaign.slug}"
    return path if code == campaign.language else f"{path}?{urlencode({LANGUAGE_PARAMETER: code})}"


def canonical_path(path: str) -> str:
    """The one path a page is known by: in the language that was chosen, where the page is not the same in each."""
    here, codes = page_language(), _content_languages()
    return localised_path(path) if here.explicit and here.content_code in codes and len(codes) > 1 else path


def is_language_negotiated() -> bool:
    """Whether the language was read from what the browser asks for, so that a cache must ask again."""
    return bool(g.get("language_negotiated"))


def _set_page_language(language: PageLanguage) -> PageLanguage:
    if g.get("page_language", language) != language:
        # Something has been said in another language already.
        g.pop("translations", None)
        refresh()
    g.page_language = language
    return language


def _choose_language(codes: Sequence[str], default: str) -> PageLanguage:
    ours = site_languages().codes
    asked = request.args.get(LANGUAGE_PARAMETER, "") if request.query_string else ""
    if asked and (asked in codes or asked in ours):
        return PageLanguage(asked if asked in ours else ENGLISH.code, asked, explicit=True)
    wanted = default
    if len(codes) > 1:
        g.language_negotiated = True
        wanted = _best_language(request.headers.get("Accept-Language", "")[:_MAX_HEADER_CHARACTERS], tuple(codes), default)
    return PageLanguage(wanted if wanted in ours else ENGLISH.code, wanted, explicit=False)


@lru_cache(maxsize=1_024)
def _best_language(accept_language: str, codes: tuple[str, ...], default: str) -> str:
    """The best of some languages for a browser's wishes. Most browsers have one of a few wishes, so they are read once.

    Who wishes for Welsh as it is in the United Kingdom (cy-GB), then for English, is given Welsh and not English.
    """
    asked = parse_accept_header(accept_language, LanguageAccept)
    return next((code for tag, weight in asked if weight and (code := tag.partition("-")[0].lower()) in codes), default)


def _content_languages() -> tuple[str, ...]:
    """The languages in which this page is more than its buttons and labels."""
    campaign: Campaign | None = g.get("campaign")
    return site_languages().codes if campaign is None else tuple(version.language for version in campaign.versions)


def _language_choices() -> tuple[LanguageChoice, ...]:
    campaign: Campaign | None = g.get("campaign")
    if request.method not in ("GET", "HEAD") or request.routing_exception is not None:
        path = f"/c/{campaign.slug}" if campaign else ""
    else:
        path = request.path
    languages, here = site_languages(), page_language()
    codes = dict.fromkeys((*(v.language for v in campaign.versions), *languages.codes) if campaign else languages.codes)
    if not path or len(codes) < 2:
        return ()
    kept = {name: value for name, value in request.args.items() if name in _KEPT_QUERY_ARGUMENTS}

    def choice(code: str) -> LanguageChoice:
        url = f"{path}?{urlencode({**kept, LANGUAGE_PARAMETER: code})}"
        return LanguageChoice(code, languages.get(code).name, text_direction(code), url, code == here.content_code)

    return tuple(map(choice, codes))


def site_languages() -> SiteLanguages:
    """The languages this site speaks."""
    return current_app.extensions["countersign_languages"]  # type: ignore[no-any-return]
