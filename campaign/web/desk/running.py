"""A campaign's life at the desk: where it is, what is possible now, and each step with a page that says what it means."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from flask import Response, request
from flask.typing import ResponseReturnValue

from campaign import campaigning, history, running
from campaign.domain import life, wording
from campaign.domain.announcement import LONGEST_REASON
from campaign.domain.fields import Wrong
from campaign.domain.life import Move, Point, Stage
from campaign.domain.role import Act
from campaign.domain.standing import Standing
from campaign.domain.wall_clock import on_wall_clock
from campaign.running import NotReady
from campaign.runtime import Runtime
from campaign.web.desk.furniture import done, show
from campaign.web.desk.gate import Desk, Gate, Visit
from campaign.web.desk.life_steps import STEPS
from campaign.web.desk.life_words import DONE, FIELD_ROOMS, MOVES, STAGES, TOLD

_ACTS = {Move.TAKE_DOWN: Act.TAKE_DOWN, Move.PUT_BACK: Act.TAKE_DOWN}
"""What a step is for, where that is not running the campaign."""


def running_room(runtime: Runtime, gate: Gate) -> Desk:
    """`GET /desk/c/<slug>/running`, and `GET` and `POST` of each step under it."""
    room = gate.room("running")

    @room.at("/c/<slug>/running", Act.RUN, "GET")
    def overview(visit: Visit) -> ResponseReturnValue:
        standing, now = visit.campaign, runtime.now()
        steps = [MOVES[move] for move in life.possible(standing, now) if visit.may(_act(move))]
        return show(
            "running/overview.html", steps=steps, told=history.of(runtime, standing).announcements, told_words=TOLD,
            former=running.former_addresses(runtime, standing), way=_way(standing, now), **_shown(standing, now),
        )  # fmt: skip

    for move in Move:
        _add_step(room, runtime, move)
    return room


def _add_step(room: Desk, runtime: Runtime, move: Move) -> None:
    def ask(visit: Visit) -> ResponseReturnValue:
        if move not in life.possible(visit.campaign, runtime.now()):
            return too_late(visit)
        return page(visit.campaign, _plain(visit.campaign), {})

    def do(visit: Visit) -> ResponseReturnValue:
        if move not in life.possible(visit.campaign, runtime.now()):
            return too_late(visit)
        try:
            after = STEPS[move](runtime, visit)
        except Wrong as wrong:
            return page(visit.campaign, request.form, wrong.errors, 422)
        except NotReady:
            # The list on the page says what it lacks.
            return page(visit.campaign, request.form, {}, 422)
        if after is None:
            return too_late(visit)
        return done(runtime.links, f"/desk/c/{after.slug}/running", DONE[move])

    def page(standing: Standing, values: Mapping[str, str], errors: Mapping[str, str], status: int = 200) -> Response:
        return show(
            f"running/{move.value}.html", status, values=values, errors=errors, step=MOVES[move], most=LONGEST_REASON,
            **_shown(standing, runtime.now()),
        )  # fmt: skip

    def too_late(visit: Visit) -> Response:
        # Afresh: the campaign may have been moved since this request was let in.
        now_standing = campaigning.find(runtime, visit.campaign.slug) or visit.campaign
        stage = life.stage(now_standing, runtime.now()).value
        words = f"Nothing was changed: this is not possible while the campaign is {stage}. Somebody may have been quicker."
        return done(runtime.links, f"/desk/c/{visit.campaign.slug}/running", words, "warn")

    ask.__name__, do.__name__ = f"ask_{move.name.lower()}", f"do_{move.name.lower()}"
    rule = f"/c/<slug>/running/{move.value}"
    room.at(rule, _act(move), "GET")(ask)
    room.at(rule, _act(move), "POST")(do)


def _act(move: Move) -> Act:
    return _ACTS.get(move, Act.RUN)


def _shown(standing: Standing, now: datetime) -> dict[str, Any]:
    """What all these pages show of a campaign."""
    window, zone = standing.window, standing.zone
    unit, amount = wording.largest_unit(window.seconds_left(now))
    return {
        "campaign": standing, "stage": life.stage(standing, now).value, "zone": zone.key,
        "opens": wording.moment(window.opens_at, zone), "closes": wording.moment(window.closes_at, zone),
        "verify_until": wording.moment(window.verify_until, zone), "left": f"{amount} {unit}{'' if amount == 1 else 's'}",
        "moment": lambda at: wording.moment(at, zone),
        "checklist": [(point, _where(standing, point)) for point in life.checklist(standing, now)],
        "lacking": life.lacking(standing, now),
    }  # fmt: skip


def _way(standing: Standing, now: datetime) -> list[tuple[str, str]]:
    """The stages of a campaign's life, each behind it ("done"), where it is ("now") or before it ("")."""
    here = life.stage(standing, now)
    at = STAGES.index(here) if here in STAGES else STAGES.index(Stage.OPEN) if here is Stage.PAUSED else -1
    stages = ((here if number == at else stage).value for number, stage in enumerate(STAGES))
    return [(stage, "now" if number == at else "done" if number < at else "") for number, stage in enumerate(stages)]


def _where(standing: Standing, point: Point) -> str:
    """Where what a point asks for is put right."""
    room = FIELD_ROOMS[point.field]
    language = f"?language={point.language}" if point.language not in ("", standing.language) else ""
    return f"/desk/c/{standing.slug}/{room}{language}#{point.field}"


def _plain(standing: Standing) -> dict[str, str]:
    """What a step's fields hold before anything is typed."""
    window, zone = standing.window, standing.zone
    return {
        "when": "now", "opens_at": on_wall_clock(window.opens_at, zone), "closes_at": on_wall_clock(window.closes_at, zone),
        "slug": standing.slug, "message": "", "reason": "",
    }  # fmt: skip
