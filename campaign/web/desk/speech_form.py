"""The form with what a campaign says in one language: as it is shown, as it is read, and what saving it would change."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from flask import request

from campaign import editing
from campaign.domain.announcement import read_reason
from campaign.domain.diff import Piece, words_changed
from campaign.domain.fields import Fields, Wrong, read_text
from campaign.domain.refusal import Refused
from campaign.domain.setup import read_kind
from campaign.domain.speech import SIGNED, read_speech
from campaign.domain.standing import RecipientKind
from campaign.editing import Opened, Overtaken
from campaign.web.desk.form_words import LABELS, sentences

ORDER = ("title", "recipient_kind", "recipient", "summary", "ask", "background", "picture_alt", "share_text", "thank_you",
         "note", "privacy")  # fmt: skip
"""The fields, in the order in which they are shown."""


@dataclass(frozen=True, slots=True)
class SpeechForm:
    """The form in one language, as it is shown."""

    opened: Opened
    language: str
    seen: int
    """The revision that saving it would replace."""
    values: Mapping[str, str]
    errors: Mapping[str, str] = field(default_factory=dict)
    confirm: str = ""
    """Hash of the new text that is to be confirmed; empty where none is."""
    overtaken: Overtaken | None = None
    preview: bool = False

    @property
    def known(self) -> bool:
        """Whether the campaign speaks this language already."""
        return any(version.language == self.language for version in self.opened.standing.versions)

    @property
    def main(self) -> bool:
        """Whether it is the campaign's main language."""
        return self.language == self.opened.standing.language

    @property
    def has_picture(self) -> bool:
        """Whether there is a picture to be described."""
        return self.opened.standing.appearance.picture is not None

    @property
    def changes(self) -> list[tuple[str, tuple[Piece, ...]]]:
        """What saving would change of what is stored now: of what is signed where that is confirmed, else of all of it."""
        stored = stored_values(self.opened, self.language)
        names = SIGNED if self.confirm else ORDER
        return [
            (LABELS[name], words_changed(stored[name], self.values[name]))
            for name in names
            if name in stored and name in self.values and self.values[name] != stored[name]
        ]


def fresh_form(opened: Opened, language: str) -> SpeechForm:
    """The form as it begins."""
    return SpeechForm(opened, language, opened.revision, stored_values(opened, language))


def typed_form(opened: Opened, language: str) -> SpeechForm:
    """The form as it was sent. What is typed stays as it was typed, whatever is wrong with it."""
    typed = {name: request.form.get(name, "").replace("\r\n", "\n") for name in (*ORDER, "reason") if name in request.form}
    return SpeechForm(opened, language, seen_revision(), typed)


def read_form(form: SpeechForm) -> tuple[SpeechForm, dict[str, str], RecipientKind | None]:
    """The form with what is wrong, the texts by name, and whom the campaign asks (in its main language alone)."""
    raw = dict(form.values)
    if not form.has_picture:
        # Nobody is asked what a picture shows that is not there; what was once said of one stays.
        raw["picture_alt"] = stored_values(form.opened, form.language).get("picture_alt", "")
    fields = Fields(raw)
    texts = read_speech(fields, has_picture=form.has_picture)
    kind = read_kind(fields) if form.main else None
    try:
        fields.settle()
    except Wrong as wrong:
        return replace(form, errors=sentences(wrong.errors, ORDER)), texts, kind
    return replace(form, values={**form.values, **{name: texts[name] for name in texts if name in form.values}}), texts, kind


def read_confirmed(form: SpeechForm, texts: Mapping[str, str]) -> tuple[SpeechForm, str]:
    """Why what people have signed is changed. The form asks to `confirm` where the very change was not seen, or no reason is
    given for it; it does not where nothing that is signed changes, or nobody has signed."""
    after = editing.signed_text(form.opened.standing, form.language, texts)
    if not form.opened.signed or after == form.opened.standing.version(form.language).text:
        return form, ""
    if request.form.get("confirmed") != after.hash:
        return replace(form, confirm=after.hash), ""
    try:
        return form, read_reason(read_text(form.values.get("reason", ""), 10_000))
    except Refused as refused:
        return replace(form, confirm=after.hash, errors=sentences({"reason": str(refused)})), ""


def seen_revision() -> int:
    """The revision a form was made from; none there ever was, where it says no number."""
    text = request.form.get("revision", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0


def stored_values(opened: Opened, language: str) -> dict[str, str]:
    """What is stored, by the names of the fields; of a language the campaign does not speak only what all have in common."""
    spoken = opened.standing.version(language)
    said = editing.said(spoken) if spoken.language == language else {}
    return {**said, "recipient_kind": opened.standing.recipient_kind}
