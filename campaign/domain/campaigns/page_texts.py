"""Texts of a campaign in one language, checked: the text that is signed, and the words beside it."""

from campaign.domain.campaigns.eligibility import MAX_STATEMENT_LENGTH
from campaign.domain.campaigns.goal_notes import MAX_GOAL_NOTES_LENGTH, read_goal_notes
from campaign.domain.common.field_reader import FieldReader
from campaign.domain.common.i18n import N_

PAGE_TEXT_LENGTHS = {
    "title": 150, "recipient": 200, "ask": 1_000, "background": 50_000, "note": 500, "share_text": 200, "picture_alt": 250,
    "privacy": 10_000, "summary": 300, "thank_you": 2_000, "organiser_about": 300,
    "goal_notes": MAX_GOAL_NOTES_LENGTH, "next_step_label": 60, "next_step_text": 300,
    "statement": MAX_STATEMENT_LENGTH,
}  # fmt: skip
"""Characters that each text may have which a campaign has in each of its languages."""
SIGNED_TEXTS = ("title", "recipient", "ask", "background")
"""Those of them that are signed."""
_REQUIRED = {"title": N_("is missing; say in a few words what is asked"), "ask": N_("is missing; say what is asked")}


def read_page_texts(fields: FieldReader, *, has_picture: bool) -> dict[str, str]:
    """The texts of one language by name. What is wrong with them is remembered in `fields`."""
    texts = {name: fields.text(name, longest) for name, longest in PAGE_TEXT_LENGTHS.items()}
    texts["goal_notes"] = fields.read("goal_notes", read_goal_notes, "", "")
    texts["next_step_label"] = " ".join(texts["next_step_label"].split())
    texts["statement"] = " ".join(texts["statement"].split())
    for name, words in _REQUIRED.items():
        if not texts[name]:
            fields.add_error(name, words)
    if has_picture and not texts["picture_alt"]:
        fields.add_error("picture_alt", N_("say in a sentence what the picture shows, for those who do not see it"))
    return texts
