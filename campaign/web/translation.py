"""Messages in the language of a page, which `language` has chosen: said by views, and by templates."""

from typing import Any

from babel.support import NullTranslations
from flask import Flask, g
from flask_babel import Babel, get_translations

from campaign.domain.common.formatting import CalendarDay, LanguageName, Moment, format_number, plural_samples, text_direction
from campaign.domain.common.invalid_input import InvalidInputError, Sentence
from campaign.languages import ENGLISH, SiteLanguages, isolate_placeholders, load_desk_catalogue
from campaign.web.language import page_language, site_languages


def register_translation(app: Flask, languages: SiteLanguages) -> None:
    """Let the views and templates of `app` say their messages in `languages`."""
    Babel(
        app, default_locale=ENGLISH.code, default_translation_directories=";".join(str(path) for path in languages.folders),
        locale_selector=lambda: page_language().code,
    )  # fmt: skip
    # Instead of those that look for the words of the language anew at each message.
    app.jinja_env.install_gettext_callables(  # type: ignore[attr-defined]
        gettext=_message,
        ngettext=_plural_message,
        newstyle=True,
    )
    app.jinja_env.globals.update(plural_forms=plural_forms, translated=translated)


def gettext(message: str, **values: Any) -> str:
    """A message in this page's language, with `values` put in as `%(name)s`."""
    words = _message(message)
    return words % values if values else words


def translated(words: str) -> str:
    """English words in this page's language: a label, or a sentence with values that may be sentences too."""
    if not isinstance(words, Sentence):
        return gettext(words) if words else ""
    return gettext(words.message, **{name: _translated_value(value) for name, value in words.values.items()})


def _translated_value(value: Any) -> Any:
    match value:
        case Sentence():
            return translated(value)
        case Moment() | CalendarDay() | LanguageName():
            return value.in_language(page_language().code)
        case _:
            return value


def refusal_message(refused: InvalidInputError) -> str:
    """What was wrong with something typed."""
    return translated(refused.sentence)


def ngettext(singular: str, plural: str, amount: int, **values: Any) -> str:
    """A message in the plural form for an amount, which stands in it as `%(num)s`, set as this language sets numbers."""
    words = _plural_message(singular, plural, amount)
    return words % {"num": format_number(amount, page_language().code), **values}


def plural_forms(singular: str, plural: str) -> dict[str, str]:
    """A message in each plural form of this page's language, `%(num)s` left in, by the form's name; for the script."""
    return {
        form: ngettext(singular, plural, sample, num="%(num)s")
        for form, sample in plural_samples(page_language().code).items()
    }  # fmt: skip


def _message(message: str) -> str:
    return _isolated(_translations().ugettext(message))


def _plural_message(singular: str, plural: str, amount: int) -> str:
    return _isolated(_translations().ungettext(singular, plural, amount))


def _isolated(words: str) -> str:
    """A message whose values cannot change the order of its words; only those written from right to left need it."""
    return isolate_placeholders(words) if "%(" in words and g and text_direction(page_language().code) == "rtl" else words


def _translations() -> NullTranslations:
    """The words of this page's language, looked for once, as a page says a hundred messages; English where there is no page."""
    if not g:
        return NullTranslations()
    known: NullTranslations | None = g.get("translations")
    if known is None:
        code = page_language().code  # which decides whether these are words of the desk as well
        known = g.translations = _desk_translations(code) if g.get("speaks_desk_words") else get_translations()
    return known


def _desk_translations(code: str) -> NullTranslations:
    languages = site_languages()
    folder = next((folder for folder in languages.folders if (folder / code).is_dir()), None)
    return NullTranslations() if code == ENGLISH.code or folder is None else load_desk_catalogue(code, folder)
