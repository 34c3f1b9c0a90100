"""Lists on paper that wait to be confirmed, with everything that may be said of their rows."""

import csv
import io
from dataclasses import replace
from datetime import timedelta

from campaign.domain.paper.duplicates import ExclusionReason
from campaign.domain.paper.paper_text import UNKNOWN_PAPER_TEXT, PaperText
from campaign.services.paper import import_list, validate
from campaign.services.paper.validate import ReadOptions
from tests.page_states.desk_scenario import DeskScenario

EVERY_MISTAKE = "paper, a list with every mistake"
_HEADINGS = ("Name", "Postcode", "Country", "Date", "Email", "Updates", "Public", "Comment", "Declared")
# Kinds of name, postcode and date that make no signature; a page shows the first five rows of them, the CSV all.
_INVALID = (
    ("=1+1", "x", "", "1/1/1999"),
    ("", "", "", "1/1/2999"),
    ("a.bc/d", "", "", "31/2/2026"),
    ("#N/A", "SW1A 1AA", "", ""),
    ("x" * 130, "SW1A 1AA", "", ""),
    ("123", "SW1A 1AA", "", ""),
    ("Ab 12345", "SW1A 1AA", "", ""),
    ("Ab \ufffd", "SW1A 1AA", "", ""),
)
_GRACE = "grace.hopper@village-pond.example.org"
_DUPLICATES = (
    ("Grace Hopper", "SW1A 1AA", "", "", _GRACE),
    ("Grace Hopper", "SW1A 1AA"),
    ("Ann Lee", "LS1 4AP"),
    ("Rear Admiral", "M1 1AA", "", "", _GRACE),
    ("Twin Row", "M1 1AA"),
    ("Twin Row", "M1 1AA"),
)
_DOUBTFUL = (
    ("Dora Jar", "", "Narnia", "", "nonsense", "maybe", "maybe", "www.example.org", "maybe"),
    ("Eve Ryder", "M1 1AA", "", "", "eve@example.org", "yes"),
    ("Fay Wray", "M1 1AA", "", "", "", "yes"),
    ("Null", "M1 1AA"),
    ("Gus Old", "M1 1AA", "", "1/1/2020"),
)


def add_paper_lists(desk: DeskScenario) -> None:
    """One with every mistake, and one for each day before which dates are questioned."""
    campaign, opened = desk.pond, desk.pond.window.opens_at
    (choice,) = [one for one in validate.list_text_choices(desk.site.runtime, campaign) if one.is_current]
    texts = {
        "the campaign": UNKNOWN_PAPER_TEXT,
        "that version": PaperText(replace(choice, since=opened + timedelta(days=1))),
        "the first day": PaperText(None, (opened + timedelta(days=1)).date()),
    }
    held = _hold_list(desk, "mistakes.csv", (*_INVALID, *_DUPLICATES, *_DOUBTFUL), UNKNOWN_PAPER_TEXT, "the campaign")
    desk.add(EVERY_MISTAKE, f"/c/village-pond/paper/intakes/{held}")
    for what, paper_text in texts.items():
        held = _hold_list(desk, f"{what}.csv", _DOUBTFUL, paper_text, what)
        desk.add(f"paper, a list with dates before {what}", f"/c/village-pond/paper/intakes/{held}")


def _hold_list(
    desk: DeskScenario, label: str, rows: tuple[tuple[str, ...], ...], paper_text: PaperText, questioned: str
) -> int:
    """A list as a worker keeps it, a date in which is `questioned` for being before something; its number."""
    file = io.StringIO()
    csv.writer(file).writerows([_HEADINGS, *rows])
    options = ReadOptions(paper_text=paper_text, keep_left_out=True)
    checked = validate.validate_list(desk.site.runtime, desk.pond, io.BytesIO(file.getvalue().encode()), options)
    if len(rows) > len(_DOUBTFUL):
        assert {why.value for why in ExclusionReason} == set(checked.excluded)
        assert checked.excluded[ExclusionReason.INVALID] == len(_INVALID)
    assert (len(checked.questions), len(checked.dropped_values)) == (2, 7)
    assert any(f"before {questioned}" in question for question in checked.questions)
    with desk.site.runtime.transaction() as connection:
        return import_list.add_unconfirmed(desk.site.runtime, connection, desk.owner.id, desk.pond, checked, label)
