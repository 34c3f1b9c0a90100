"""Which language a page is in: the one in its address (`?lang=cy`), else one the browser asks for, else the campaign's own.

Nothing is remembered: the choice travels in the addresses of the links on the page, so no cookie is needed.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any
from urllib.parse import urlencode

from babel.support import NullTranslations
from flask import Flask, current_app, g, request
from flask_babel import Babel, get_translations, refresh
from werkzeug.datastructures import LanguageAccept
from werkzeug.http import parse_accept_header

from campaign.domain.standing import Standing
from campaign.domain.wording import direction, number, plural_samples
from campaign.languages import ENGLISH, Languages

PARAMETER = "lang"
_LONGEST_WISH = 200
"""Characters of an Accept-Language header that are read; no browser sends more than a hundred."""
_KEPT_ARGUMENTS = ("q", "list", "page")
"""What of an address stays when another language is chosen."""


@dataclass(frozen=True, slots=True)
class Spoken:
    """What one page speaks."""

    code: str
    """The language of our own words."""
    wanted: str
    """The language of the campaign's words: it may speak one that we do not."""
    chosen: bool
    """Whether it is said in the address."""


@dataclass(frozen=True, slots=True)
class Choice:
    """A language a page can be had in."""

    code: str
    name: str
    url: str
    current: bool


def speak_languages(app: Flask, languages: Languages) -> None:
    """Let the pages of `app` speak `languages`."""
    app.extensions["countersign_languages"] = languages
    Babel(
        app, default_locale=ENGLISH.code, default_translation_directories=";".join(str(path) for path in languages.folders),
        locale_selector=lambda: spoken().code,
    )  # fmt: skip

    @app.context_processor
    def words() -> dict[str, Any]:
        here, choices = spoken(), _choices()
        return {
            "language": here.code,
            # For forms that send what is typed in the address: what `to` adds to a link they carry in a field.
            "chosen_language": here.wanted if here.chosen else "",
            "direction": direction(here.code),
            "languages": choices,
            # What says the same in another language; a campaign in English only does not become Welsh by its buttons.
            "alternates": tuple(choice for choice in choices if choice.code in _own_languages()),
        }

    # Instead of those that look for the words of the language anew at each message.
    app.jinja_env.install_gettext_callables(  # type: ignore[attr-defined]
        gettext=lambda message: _translations().ugettext(message),
        ngettext=lambda singular, plural, amount: _translations().ungettext(singular, plural, amount),
        newstyle=True,
    )
    # Functions stand apart, so that macros have them however they are imported.
    app.jinja_env.globals.update(
        to=to,
        canonical=canonical,
        number=lambda value: number(value, spoken().code),
        plural_forms=plural_forms,
        direction_of=direction,
    )


def spoken() -> Spoken:
    """What this page speaks; decided once for each request."""
    known: Spoken | None = g.get("spoken")
    if known is None:
        known = g.spoken = _agree(_languages().codes, ENGLISH.code)
    return known


def speak_for(standing: Standing) -> Spoken:
    """Speak what the reader wants of the languages of a campaign."""
    codes = tuple(version.language for version in standing.versions)
    g.of_campaign = standing
    return _speak(_agree(codes, standing.language))


def speak_to(signatory_reads: str, standing: Standing | None = None) -> Spoken:
    """Speak what a signatory read when signing, unless the address says another language."""
    g.of_campaign = standing
    here = _agree((), signatory_reads)
    return _speak(here)


def to(path: str) -> str:
    """A path on this site, in the language that was chosen, where one was."""
    here = spoken()
    if not here.chosen:
        return path
    bare, mark, fragment = path.partition("#")
    return f"{bare}{'&' if '?' in bare else '?'}{urlencode({PARAMETER: here.wanted})}{mark}{fragment}"


def canonical(path: str) -> str:
    """The one path a page is known by: in the language that was chosen, where the page is not the same in each."""
    here, codes = spoken(), _own_languages()
    return to(path) if here.chosen and here.wanted in codes and len(codes) > 1 else path


def negotiated() -> bool:
    """Whether the language was read from what the browser asks for, so that whoever keeps the page must ask again."""
    return bool(g.get("negotiated"))


def gettext(message: str, **values: Any) -> str:
    """A message in this page's language, with `values` put in as `%(name)s`."""
    words: str = _translations().ugettext(message)
    return words % values if values else words


def ngettext(singular: str, plural: str, amount: int, **values: Any) -> str:
    """A message in the plural form for an amount, which stands in it as `%(num)s`, set as this language sets numbers."""
    words: str = _translations().ungettext(singular, plural, amount)
    return words % {"num": number(amount, spoken().code), **values}


def plural_forms(singular: str, plural: str) -> dict[str, str]:
    """A message in each plural form of this page's language, `%(num)s` left in, by the form's name; for the script."""
    return {
        form: ngettext(singular, plural, sample, num="%(num)s")
        for form, sample in plural_samples(spoken().code).items()
    }  # fmt: skip


def _translations() -> NullTranslations:
    """The words of this page's language, looked for once, as a page says a hundred messages; English where there is no page."""
    if not g:
        return NullTranslations()
    known: NullTranslations | None = g.get("translations")
    if known is None:
        known = g.translations = get_translations()
    return known


def _speak(here: Spoken) -> Spoken:
    if g.get("spoken", here) != here:
        # Something has been said in another language already.
        g.pop("translations", None)
        refresh()
    g.spoken = here
    return here


def _agree(codes: Sequence[str], default: str) -> Spoken:
    ours = _languages().codes
    asked = request.args.get(PARAMETER, "") if request.query_string else ""
    if asked and (asked in codes or asked in ours):
        return Spoken(asked if asked in ours else ENGLISH.code, asked, chosen=True)
    wanted = default
    if len(codes) > 1:
        g.negotiated = True
        wanted = _asked_for(request.headers.get("Accept-Language", "")[:_LONGEST_WISH], tuple(codes), default)
    return Spoken(wanted if wanted in ours else ENGLISH.code, wanted, chosen=False)


@lru_cache(maxsize=1_024)
def _asked_for(wishes: str, codes: tuple[str, ...], default: str) -> str:
    """The best of some languages for a browser's wishes. Most browsers have one of a few wishes, so they are read once.

    Who wishes for Welsh as it is in the United Kingdom (cy-GB), then for English, is given Welsh and not English.
    """
    asked = parse_accept_header(wishes, LanguageAccept)
    return next((code for tag, weight in asked if weight and (code := tag.partition("-")[0].lower()) in codes), default)


def _own_languages() -> tuple[str, ...]:
    """The languages in which this page is more than its buttons and labels."""
    standing: Standing | None = g.get("of_campaign")
    return _languages().codes if standing is None else tuple(version.language for version in standing.versions)


def _choices() -> tuple[Choice, ...]:
    standing: Standing | None = g.get("of_campaign")
    if request.method not in ("GET", "HEAD") or request.routing_exception is not None:
        path = f"/c/{standing.slug}" if standing else ""
    else:
        path = request.path
    languages, here = _languages(), spoken()
    codes = dict.fromkeys((*(v.language for v in standing.versions), *languages.codes) if standing else languages.codes)
    if not path or len(codes) < 2:
        return ()
    kept = {name: value for name, value in request.args.items() if name in _KEPT_ARGUMENTS}
    return tuple(
        Choice(code, languages.get(code).name, f"{path}?{urlencode({**kept, PARAMETER: code})}", code == here.wanted)
        for code in codes
    )


def _languages() -> Languages:
    return current_app.extensions["countersign_languages"]  # type: ignore[no-any-return]
