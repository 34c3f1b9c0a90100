"""The overview of a campaign: where it stands, how fast it goes, where that leads, what its signatures come from."""

import csv
import hashlib
import io
import json
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from itertools import accumulate

from flask import Response, request
from flask.typing import ResponseReturnValue

from campaign import operating, watching
from campaign.commenting import read as read_comments
from campaign.domain import wording
from campaign.domain.areas import AREAS
from campaign.domain.countries import COUNTRIES
from campaign.domain.role import Act
from campaign.domain.standing import Standing
from campaign.runtime import Runtime
from campaign.store.series import Hour, Line, Stages
from campaign.watching import Numbers
from campaign.web.desk.furniture import show
from campaign.web.desk.gate import Desk, Gate, Visit
from campaign.web.desk.signature_words import when
from campaign.web.desk.site_words import health_rows

_COMMENTS = 5
_TABLED = 60
"""Days that the page's table shows; the file has all."""
_SOURCES = {"": "directly, or unknown", "share": "personal share links"}


def dashboard_room(runtime: Runtime, gate: Gate) -> Desk:
    """`/desk/c/<slug>/`."""
    room = gate.room("dashboard")

    @room.at("/c/<slug>/", Act.WATCH, "GET")
    def overview(visit: Visit) -> ResponseReturnValue:
        standing, zone, well = visit.campaign, visit.campaign.zone, operating.health(runtime)
        days = _days(watching.growth(runtime, standing), standing)
        origins, funnel = watching.origins(runtime, standing), watching.funnel(runtime, standing)
        comments = read_comments(runtime, standing.id, "all", "older", None).comments if visit.may(Act.READ_SIGNATURES) else ()
        return show(
            "dashboard.html", now=watching.numbers(runtime, standing), words=_words, days=days[-_TABLED:],
            acts=Act, funnel=funnel, wait=_wait(funnel.median_wait), health=health_rows(well), troubles=well.troubles,
            milestones=standing.milestones,
            origins=[
                ("countries", "Countries", _named(origins.countries, COUNTRIES, "not asked")),
                ("areas", "Postcode areas", _named(origins.areas, AREAS, "outside the United Kingdom, or not asked")),
                ("sources", "Sources and share links", _named(origins.sources, _SOURCES, "")),
            ],
            comments=comments[:_COMMENTS], when=lambda at: when(at, zone), day=lambda at: wording.day(at, zone),
        )  # fmt: skip

    @room.at("/c/<slug>/numbers.json", Act.WATCH, "GET")
    def numbers(visit: Visit) -> ResponseReturnValue:
        return _json(_told(watching.numbers(runtime, visit.campaign)))

    @room.at("/c/<slug>/growth.json", Act.WATCH, "GET")
    def growth(visit: Visit) -> ResponseReturnValue:
        hours = watching.growth(runtime, visit.campaign)
        if request.args.get("by") == "hour":
            points = [(hour.hour, hour.gained) for hour in _gapless(hours, runtime.now())]
        else:
            points = _days(hours, visit.campaign)
        before = visit.campaign.verified - sum(gained for _, gained in points)
        totals = list(accumulate((gained for _, gained in points), initial=before))[1:]
        return _json({
            "at": [int(at.timestamp()) for at, _ in points], "gained": [gained for _, gained in points], "total": totals,
            "goal": visit.campaign.goal,
        })  # fmt: skip

    @room.at("/c/<slug>/growth.csv", Act.WATCH, "GET")
    def growth_file(visit: Visit) -> ResponseReturnValue:
        hours = watching.growth(runtime, visit.campaign)
        rows = [(hour.hour.isoformat(), hour.added, hour.ended, hour.gained) for hour in hours]
        return _file(visit, "growth", ("hour", "added", "ended", "gained"), rows)

    @room.at("/c/<slug>/funnel.csv", Act.WATCH, "GET")
    def funnel_file(visit: Visit) -> ResponseReturnValue:
        found = watching.funnel(runtime, visit.campaign)
        rows = [_row("hour", hour.hour.isoformat() if hour.hour else "", hour) for hour in found.by_hour]
        rows += [_row("domain", domain.key, domain) for domain in found.by_domain]
        return _file(visit, "funnel", ("by", "key", *watching.STAGES), rows)

    @room.at("/c/<slug>/origins.csv", Act.WATCH, "GET")
    def origins_file(visit: Visit) -> ResponseReturnValue:
        found = watching.origins(runtime, visit.campaign)
        kinds = (("country", found.countries), ("area", found.areas), ("source", found.sources))
        rows = [(kind, line.key, line.verified) for kind, lines in kinds for line in lines]
        return _file(visit, "origins", ("kind", "key", "verified"), rows)

    return room


def _words(now: Numbers) -> dict[str, str]:
    """The numbers as the page says them; the script says them in the same way."""
    forecast, number = now.forecast, wording.number
    return {
        "verified": number(now.verified),
        "pending": number(now.pending),
        "today": _signed(now.today),
        "last_hour": _signed(now.last_hour),
        "last_day": _signed(now.last_day),
        "needed": "" if now.needed is None else number(max(1, round(now.needed))),
        "forecast": "" if forecast is None else number(forecast.likely),
        "range": "" if forecast is None else f"{number(forecast.low)} to {number(forecast.high)}",
        "left": _left(now.seconds_left),
        "goal": number(now.goal),
        "flags": number(now.flags),
        "kinds": f"{number(now.verified - now.paper)} online, {number(now.paper)} on paper" if now.paper else "",
    }


def _signed(amount: int) -> str:
    return f"{amount:+,}".replace("-", "\N{MINUS SIGN}")


def _told(now: Numbers) -> dict[str, object]:
    return {"words": _words(now), "verified": now.verified, "goal": now.goal, "state": now.state.value}


def _left(seconds: int) -> str:
    if seconds <= 0:
        return "over"
    units = ((86400, "day"), (3600, "hour"), (60, "minute"), (1, "second"))
    amount, unit = next((seconds // size, unit) for size, unit in units if seconds >= size)
    return f"{amount} {unit}{'' if amount == 1 else 's'}"


def _wait(seconds: float | None) -> str:
    """A wait in the words one would use for it."""
    if seconds is None:
        return ""
    size, unit = next((size, unit) for size, unit in ((86400, "days"), (3600, "hours"), (60, "minutes"), (0, "seconds"))
                      if seconds >= 2 * size)  # fmt: skip
    return f"{round(seconds / (size or 1))} {unit}"


def _days(hours: Sequence[Hour], standing: Standing) -> list[tuple[datetime, int]]:
    """What was gained on each day of the campaign's calendar, from the first that has anything, without gaps."""
    by_day: dict[datetime, int] = {}
    for hour in hours:
        local = hour.hour.astimezone(standing.zone)
        day = local.replace(hour=0, minute=0, second=0, microsecond=0)
        by_day[day] = by_day.get(day, 0) + hour.gained
    if not by_day:
        return []
    day, last, found = min(by_day), max(by_day), []
    while day <= last:
        found.append((day, by_day.get(day, 0)))
        # By the calendar, not by 24 hours: on two days of the year that is not the same.
        day = (day + timedelta(hours=36)).replace(hour=0)
    return found


def _gapless(hours: Sequence[Hour], now: datetime, most: int = 24 * 14) -> list[Hour]:
    """Every hour of the last two weeks since the first that has anything."""
    if not hours:
        return []
    end = now.astimezone(UTC).replace(minute=0, second=0, microsecond=0)
    known = {hour.hour: hour for hour in hours}
    first = max(hours[0].hour, end - timedelta(hours=most - 1))
    amount = (end - first) // timedelta(hours=1) + 1
    return [known.get(at, Hour(at, 0, 0)) for at in (first + timedelta(hours=step) for step in range(amount))]


def _named(lines: Iterable[Line], names: dict[str, str], nameless: str) -> list[tuple[str, int]]:
    return [(names.get(line.key) or line.key or nameless, line.verified) for line in lines]


def _row(kind: str, key: str, stages: Stages) -> tuple[object, ...]:
    return (kind, key, *(getattr(stages, name) for name in watching.STAGES))


def _json(body: object) -> Response:
    """An answer that a page asks for again and again: where nothing has moved, it is not sent again."""
    text = json.dumps(body, separators=(",", ":"))
    response = Response(text, mimetype="application/json", headers={"Cache-Control": "private, no-cache"})
    response.set_etag(hashlib.blake2b(text.encode(), digest_size=8).hexdigest())
    return response.make_conditional(request)  # type: ignore[return-value]


def _file(visit: Visit, name: str, header: Sequence[str], rows: Iterable[Sequence[object]]) -> Response:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(header)
    # Sources and domains come from outside; none may become a formula in somebody's spreadsheet.
    writer.writerows([f"'{cell}" if isinstance(cell, str) and cell[:1] in "=+-@\t\r" and cell else cell for cell in row]
                     for row in rows)  # fmt: skip
    headers = {"Content-Disposition": f'attachment; filename="{visit.campaign.slug}-{name}.csv"'}
    return Response(text.getvalue(), mimetype="text/csv", headers=headers)
