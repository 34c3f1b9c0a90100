"""The first page of the desk: the campaigns one is in the team of, by where they are in their life."""

from dataclasses import dataclass
from datetime import datetime

from flask.typing import ResponseReturnValue

from campaign import campaigning
from campaign.domain import life, wording
from campaign.domain.life import Stage
from campaign.domain.role import Act, Role, may
from campaign.domain.standing import Standing
from campaign.runtime import Runtime
from campaign.web.desk.furniture import ROOMS, show
from campaign.web.desk.gate import Desk, Gate, Visit

_GROUPS = (
    (Stage.OPEN, "Open"),
    (Stage.PAUSED, "Paused"),
    (Stage.SCHEDULED, "Not open yet"),
    (Stage.DRAFT, "Drafts"),
    (Stage.CLOSED, "Closed, not final yet"),
    (Stage.FINAL, "Final"),
    (Stage.TAKEN_DOWN, "Taken down"),
)
_QUICK = ("signatures", "text", "running")
"""The rooms that a campaign's card leads to, where one may enter them."""


@dataclass(frozen=True, slots=True)
class Card:
    """A campaign as its team sees it in the list."""

    standing: Standing
    role: Role
    when: str
    """Where it is in its time, in words."""
    links: tuple[tuple[str, str], ...]
    """Name and address of what it leads to."""


def home_room(runtime: Runtime, gate: Gate) -> Desk:
    """`GET /desk/`."""
    room = gate.room("home")

    @room.at("/", Act.OWN, "GET")
    def home(visit: Visit) -> ResponseReturnValue:
        now = runtime.now()
        mine = campaigning.of(runtime, visit.campaigner.id)
        stages = {standing.id: life.stage(standing, now) for standing, _ in mine}
        groups = [
            (title, [_card(standing, role, now) for standing, role in mine if stages[standing.id] is stage])
            for stage, title in _GROUPS
        ]
        return show("home.html", groups=[(title, cards) for title, cards in groups if cards])

    return room


def _card(standing: Standing, role: Role, now: datetime) -> Card:
    path = f"/desk/c/{standing.slug}"
    links = [(name, f"{path}/{room}") for name, room, act in ROOMS if room in _QUICK and may(act, role)]
    if standing.published and not standing.taken_down:
        links.append(("Public page", f"/c/{standing.slug}"))
    return Card(standing, role, _when(standing, now), tuple(links))


def _when(standing: Standing, now: datetime) -> str:
    window, zone = standing.window, standing.zone
    opens, closes = wording.moment(window.opens_at, zone), wording.moment(window.closes_at, zone)
    match life.stage(standing, now):
        case Stage.DRAFT:
            return f"to close on {closes}"
        case Stage.SCHEDULED:
            return f"opens on {opens}"
        case Stage.OPEN | Stage.PAUSED:
            unit, amount = wording.largest_unit(window.seconds_left(now))
            return f"{amount} {unit}{'' if amount == 1 else 's'} left, until {closes}"
        case _:
            return f"closed on {closes}" if now >= window.closes_at else f"to close on {closes}"
