"""The audit trail: of a campaign for its owners, of the whole site for its operator; narrowed, page by page, and as CSV."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from flask import Response, request, stream_with_context
from flask.typing import ResponseReturnValue

from campaign import auditing
from campaign.domain import wording
from campaign.domain.acts import words_of
from campaign.domain.role import Act
from campaign.domain.standing import Standing
from campaign.runtime import Runtime
from campaign.store.audit import Entry, Wanted
from campaign.web.desk.furniture import show
from campaign.web.desk.gate import Desk, Gate, Visit

_SITE_ZONE = ZoneInfo("Europe/London")
_FIELDS = ("act", "who", "from", "to")
_LONGEST = 40
_LONGEST_SHOWN = 300
_LARGEST_ID = 2**62
_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")
_NAMES = {"closes_at": "deadline", "opens_at": "opens", "slug": "address", "longer": "campaigns given more grace"}


@dataclass(frozen=True, slots=True)
class Change:
    """One thing that is another now, in words."""

    name: str
    was: str
    became: str


@dataclass(frozen=True, slots=True)
class Line:
    """One entry as the page shows it."""

    entry: Entry
    words: str
    when: str
    changes: tuple[Change, ...]


def audit_room(runtime: Runtime, gate: Gate) -> Desk:
    """`/desk/c/<slug>/audit`, `/desk/site/audit`, and both as `.csv`."""
    room = gate.room("audit")

    @room.at("/c/<slug>/audit", Act.READ_AUDIT, "GET")
    def of_campaign(visit: Visit) -> ResponseReturnValue:
        return page(visit.campaign, f"/desk/c/{visit.campaign.slug}/audit")

    @room.at("/c/<slug>/audit.csv", Act.READ_AUDIT, "POST", always=True)
    def file_of_campaign(visit: Visit) -> ResponseReturnValue:
        return file(visit, visit.campaign, f"audit-{visit.campaign.slug}.csv")

    @room.at("/site/audit", Act.OPERATE, "GET")
    def of_site(_visit: Visit) -> ResponseReturnValue:
        return page(None, "/desk/site/audit")

    @room.at("/site/audit.csv", Act.OPERATE, "POST", always=True)
    def file_of_site(visit: Visit) -> ResponseReturnValue:
        return file(visit, None, "audit.csv")

    def page(standing: Standing | None, here: str) -> ResponseReturnValue:
        zone = standing.zone if standing else _SITE_ZONE
        typed = {name: request.args.get(name, "").strip()[:_LONGEST] for name in _FIELDS}
        wanted, errors = _read(typed, zone)
        before = request.args.get("before", type=int)
        before = None if before is None else max(0, min(before, _LARGEST_ID))
        found = auditing.trail(runtime, standing, wanted, before)
        offered = auditing.choices(runtime, standing)
        query = {name: value for name, value in typed.items() if value and name not in errors}
        older = f"{here}?{urlencode({**query, 'before': found.older})}" if found.older else ""
        return show(
            "audit.html", 422 if errors else 200, here=here, values=typed, errors=errors, query=urlencode(query),
            lines=[_line(entry, zone) for entry in found.entries], campaigns=found.campaigns, whole_site=standing is None,
            acts=[("", "Everything"), *((act, words_of(act)) for act in offered.acts)],
            people=[("", "Everybody"), *((str(number), name or "No name yet") for number, name in offered.people)],
            newest=f"{here}?{urlencode(query)}" if before is not None else "", older=older, zone=zone.key,
        )  # fmt: skip

    def file(visit: Visit, standing: Standing | None, name: str) -> ResponseReturnValue:
        zone = standing.zone if standing else _SITE_ZONE
        wanted, _ = _read({name: request.args.get(name, "").strip()[:_LONGEST] for name in _FIELDS}, zone)
        auditing.note_export(runtime, visit.actor, standing)
        pieces: Iterator[bytes] = stream_with_context(auditing.export(runtime, standing, wanted))
        response = Response(pieces, mimetype="text/csv")
        response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
        return response

    return room


def _read(typed: dict[str, str], zone: ZoneInfo) -> tuple[Wanted, dict[str, str]]:
    errors: dict[str, str] = {}

    def day(name: str, later: int) -> datetime | None:
        try:
            given = datetime.strptime(typed[name], "%Y-%m-%d").date() if typed[name] else None  # noqa: DTZ007 - a day, no moment
            return None if given is None else datetime.combine(given + timedelta(later), time(), zone).astimezone(UTC)
        except (ValueError, OverflowError):
            errors[name] = "Write a day, as in 2027-03-31."
            return None

    who = None
    if typed["who"]:
        try:
            who = max(0, min(int(typed["who"]), _LARGEST_ID))
        except ValueError:
            errors["who"] = "Choose somebody from the list."
    return Wanted(typed["act"] or None, who, day("from", 0), day("to", 1)), errors


def _line(entry: Entry, zone: ZoneInfo) -> Line:
    names = dict.fromkeys((*entry.was, *entry.became))
    changes = tuple(
        Change(_NAMES.get(name, name.replace("_", " ")), _said(entry.was.get(name), zone), _said(entry.became.get(name), zone))
        for name in names
    )
    return Line(entry, words_of(entry.act), wording.moment(entry.created_at, zone), changes)


def _said(value: Any, zone: ZoneInfo) -> str:
    """A setting as a person reads it."""
    match value:
        case None | "" | [] | {}:
            said = ""
        case bool():
            said = "yes" if value else "no"
        case int():
            said = wording.number(value)
        case list():
            said = ", ".join(_said(each, zone) for each in value)
        case dict():
            said = "; ".join(f"{name.replace('_', ' ')}: {_said(each, zone)}" for name, each in value.items())
        case str() if _TIME.fullmatch(value):
            said = wording.moment(datetime.fromisoformat(value), zone)
        case _:
            said = str(value)
    return said if len(said) <= _LONGEST_SHOWN else f"{said[:_LONGEST_SHOWN]}…"
