"""Rendering of mails: templates compiled once for each language, and rendered once for all that say the same.

What differs from one signatory to another of a campaign is their name and their links. These are slots in a skeleton that is
kept; each mail is the skeleton with its own values put in, and word for word what rendering it alone would give.
"""

from collections.abc import Mapping
from functools import cache, lru_cache
from html import escape
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from campaign.config import TEMPLATES
from campaign.domain.common import formatting
from campaign.domain.mail.kinds import SIGNATORY_MAIL_KINDS, MailKind
from campaign.languages import isolate_placeholders, load_catalogue, load_desk_catalogue

SLOT_NAMES = ("name", "verify_url", "manage_url", "share_url", "unsubscribe_url")
MAX_SLOT_NAME_LENGTH = 30
"""Characters of a name up to which its line needs no wrapping, in any language; a mail to a longer one is rendered alone."""
MAX_LINE_LENGTH = 72
"""Columns of a text part: `templates/email/wrap.txt`."""
_MAX_SKELETONS = 64
_PARTS = ("subject.txt", "body.txt", "body.html")
# Control characters are in no name and no link, are not escaped, and are no place to break a line.
_SLOTS = {name: f"\x02{number}\x03" for number, name in enumerate(SLOT_NAMES)}

Parts = tuple[str, str, str]
"""Subject, text and HTML."""


@cache
def mail_templates(language: str, *, for_desk: bool) -> Environment:
    """The templates of all mails, with our words in one language; `for_desk`, those that only campaigners read too."""
    templates = Environment(
        loader=FileSystemLoader(TEMPLATES / "email"),
        extensions=["jinja2.ext.i18n"],
        autoescape=select_autoescape(("html",)),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    words = load_desk_catalogue(language) if for_desk else load_catalogue(language)
    direction = formatting.text_direction(language)
    said = isolate_placeholders if direction == "rtl" else str
    templates.install_gettext_callables(  # type: ignore[attr-defined]
        lambda message: said(words.gettext(message)),
        lambda singular, plural, amount: said(words.ngettext(singular, plural, amount)),
        newstyle=True,
    )
    templates.globals.update(language=language, direction=direction, start_side="right" if direction == "rtl" else "left")
    return templates


def render_parts(kind: MailKind, language: str, context: Mapping[str, Any]) -> Parts:
    """The parts of one mail."""
    # What tells of all that one mailbox has signed is said to nobody else: nothing of it is kept.
    if kind not in SIGNATORY_MAIL_KINDS or kind is MailKind.MY_SIGNATURES:
        return _render(kind, language, context)
    own = {name: str(context[name]) for name in SLOT_NAMES if name in context}
    if len(own["name"]) > MAX_SLOT_NAME_LENGTH or any("\x02" in value for value in own.values()):
        return _render(kind, language, context)
    shared = tuple((name, value) for name, value in context.items() if name not in own)
    skeleton = _skeleton(kind, language, shared)
    if skeleton is None:
        return _render(kind, language, context)
    subject, text, html = skeleton
    for name, value in own.items():
        slot = _SLOTS[name]
        subject = subject.replace(slot, value)
        text = text.replace(slot, " ".join(value.split()))
        html = html.replace(slot, _escaped(value))
    return subject, text, html


def _render(kind: MailKind, language: str, context: Mapping[str, Any]) -> Parts:
    templates = mail_templates(language, for_desk=kind not in SIGNATORY_MAIL_KINDS)
    subject, text, html = (templates.get_template(f"{kind.value}/{part}").render(context) for part in _PARTS)
    return subject, text, html


@lru_cache(maxsize=_MAX_SKELETONS)
def _skeleton(kind: MailKind, language: str, shared: tuple[tuple[str, Any], ...]) -> Parts | None:
    """The parts with slots; None where a name stands in a paragraph that it can wrap."""
    parts = _render(kind, language, dict(shared) | _SLOTS)
    slot = _SLOTS["name"]
    named = [paragraph for paragraph in parts[1].split("\n\n") if slot in paragraph]
    room = MAX_LINE_LENGTH - MAX_SLOT_NAME_LENGTH + len(slot)
    return parts if all("\n" not in paragraph.strip("\n") and len(paragraph) <= room for paragraph in named) else None


def _escaped(value: str) -> str:
    """As the templates escape it."""
    return escape(value).replace("&#x27;", "&#39;").replace("&quot;", "&#34;")
