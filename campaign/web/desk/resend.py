"""Resend form: what a form had in it when it could not be carried out, on the page that says why, ready to be sent again.

One mechanism for every form of the desk. Whatever stands in its way (signed out, a proof that is needed first, read-only mode,
a full database), the answer holds the words that were typed and a button. Nothing of it is stored anywhere but in that page.
"""

import hmac
from dataclasses import dataclass
from typing import Literal

from flask import g, request
from werkzeug.exceptions import HTTPException

from campaign.domain.common.i18n import N_

CSRF_FIELD = "csrf"
"""Form field with the session's token against cross-site requests."""
_SECRET_FIELDS = frozenset({"password", "current", "new", "again", "code", "new_password", "repeat", "credential"})
"""Never sent back: they are typed again."""
_LONG_CHARACTERS = 80

FieldKind = Literal["hidden", "line", "lines", "secret", "file"]


@dataclass(frozen=True, slots=True)
class ResendField:
    """A field as it was sent."""

    name: str
    value: str
    kind: FieldKind

    @property
    def label(self) -> str:
        """What it is called where nobody knows its own label."""
        return self.name.replace("_", " ").capitalize()


FIELD_NAMES = (
    N_("Title"),
    N_("Ask"),
    N_("Name"),
    N_("Email"),
    N_("Reason"),
    N_("Text"),
    N_("Message"),
    N_("Body"),
    N_("Note"),
    N_("Password"),
    N_("Code"),
    N_("File"),
    N_("Picture"),
    N_("Words"),
    N_("Comment"),
    N_("Date"),
    N_("Address"),
    N_("Answer"),
    N_("Goals"),
    N_("Recipient"),
    N_("Background"),
    N_("Summary"),
    N_("Organiser"),
    N_("Contact"),
    N_("Statement"),
)
"""Labels of the fields that hold words, for those who translate them."""


@dataclass(frozen=True, slots=True)
class ResendForm:
    """A form as it was sent."""

    action: str
    """Path and query it goes to."""
    csrf: str
    """The token of the session there is now; "" where nobody is signed in."""
    fields: tuple[ResendField, ...]

    @property
    def has_files(self) -> bool:
        """Whether a file must be chosen again."""
        return any(field.kind == "file" for field in self.fields)

    @property
    def has_words(self) -> bool:
        """Whether it holds anything that somebody typed or chose."""
        return bool(self.fields)


def resend_form() -> ResendForm | None:
    """The form of this request; None where it brought none, or none that can be read."""
    if request.method != "POST" or request.path.endswith(".json"):
        return None
    try:
        given = [(name, value) for name, value in request.form.items(multi=True) if name != CSRF_FIELD]
        files = [name for name in request.files if name not in dict(given)]
    except HTTPException:
        return None
    fields = [ResendField(name, "" if _is_secret(name) else value, _kind(name, value)) for name, value in given]
    fields += [ResendField(name, "", "file") for name in files]
    return ResendForm(request.full_path.rstrip("?"), _csrf(), tuple(fields))


def _csrf() -> str:
    """The session's token. Given only to a form that is known to come from a page of this site: its own token says so, or the
    browser; an older browser that says nothing gets the token it sent."""
    context, sent = g.get("desk_context"), request.form.get(CSRF_FIELD, "")
    if context is None:
        return sent
    token: str = context.session.csrf
    says_origin = "Origin" in request.headers or "Sec-Fetch-Site" in request.headers
    return token if says_origin or hmac.compare_digest(sent.encode(), token.encode()) else ""


def _is_secret(name: str) -> bool:
    return name in _SECRET_FIELDS or "password" in name


def _kind(name: str, value: str) -> FieldKind:
    if _is_secret(name):
        return "secret"
    if "\n" in value or len(value) > _LONG_CHARACTERS:
        return "lines"
    return "line" if any(letter.isspace() for letter in value) or not value.isascii() else "hidden"
