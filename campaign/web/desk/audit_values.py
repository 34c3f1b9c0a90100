"""Values of the audit trail in words: numbers, moments, and the words of ours that stand for states and kinds."""

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from campaign.domain.common.i18n import N_
from campaign.domain.paper.duplicates import EXCLUSION_TEXTS
from campaign.web import localised
from campaign.web.desk.export_labels import COLUMN_LABELS
from campaign.web.translation import gettext

_MAX_SHOWN_CHARACTERS = 300
_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")
_CODES = (
    *(N_("pending"), N_("verified"), N_("withdrawn"), N_("invalidated")),
    *(N_("program"), N_("duplicate"), N_("false"), N_("not-entitled"), N_("abusive"), N_("other"), N_("rule")),
    *(N_("address"), N_("area"), N_("batch"), N_("before"), N_("comment"), N_("country"), N_("domain"), N_("flag"), N_("held")),
    *(N_("kind"), N_("name"), N_("network"), N_("since"), N_("source"), N_("states"), N_("text"), N_("words")),
    *(N_("as typed"), N_("whole name"), N_("part of name"), N_("block"), N_("allow"), N_("link"), N_("invitation")),
)
"""Words of ours that an entry holds as they are stored, for those who translate them."""
_LABELS: Mapping[str, Mapping[str, str]] = {
    "columns": {**COLUMN_LABELS, "email": N_("Email address")},
    "why": {why.value: words for why, words in EXCLUSION_TEXTS.items()},
}
"""What such words are called instead, by the name of the fact."""
_CODED_FACTS = frozenset({"action", "by", "columns", "filters", "kind", "role", "state", "why"})
"""Facts that are words of ours; the rest was typed by somebody, or is a number."""


def value_label(name: str, value: Any, zone: ZoneInfo) -> str:
    """A fact of an entry, which is called `name`, as a person reads it."""
    match value:
        case None | "" | [] | {}:
            said = ""
        case bool():
            said = gettext("yes") if value else gettext("no")
        case int():
            said = localised.number(value)
        case list():
            said = ", ".join(value_label(name, each, zone) for each in value)
        case dict():
            said = "; ".join(f"{gettext(key.replace('_', ' '))}: {value_label(key, each, zone)}" for key, each in value.items())
        case str() if _TIME.fullmatch(value):
            said = localised.moment(datetime.fromisoformat(value), zone)
        case str() if name in _CODED_FACTS:
            said = gettext(_LABELS.get(name, {}).get(value, value.replace("_", " ")))
        case _:
            said = str(value)
    return said if len(said) <= _MAX_SHOWN_CHARACTERS else f"{said[:_MAX_SHOWN_CHARACTERS]}…"
