"""What is typed into the forms of a campaign's life, read and done.

Each step returns the campaign afterwards, or None where it is not possible any more. It raises Wrong with what is wrong,
field by field.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime

from flask import request

from campaign import running
from campaign.domain.announcement import read_reason
from campaign.domain.definition import check_slug
from campaign.domain.fields import Fields, Wrong
from campaign.domain.life import Move
from campaign.domain.refusal import Refused
from campaign.domain.standing import Standing
from campaign.domain.wall_clock import read_wall_clock
from campaign.running import SlugTaken
from campaign.runtime import Runtime
from campaign.web.desk.gate import Visit

Step = Callable[[Runtime, Visit], Standing | None]


def publish(runtime: Runtime, visit: Visit) -> Standing | None:
    """`when` ("now" or "later") and `opens_at`. Raises running.NotReady too."""
    opens_at = _opening(visit.campaign)
    with _about("opens_at"):
        return running.publish(runtime, visit.campaign, visit.actor, opens_at)


def open_at(runtime: Runtime, visit: Visit) -> Standing | None:
    """`when` ("now" or "later") and `opens_at`."""
    opens_at = _opening(visit.campaign)
    with _about("opens_at"):
        return running.open_at(runtime, visit.campaign, visit.actor, opens_at)


def pause(runtime: Runtime, visit: Visit) -> Standing | None:
    """`message`, which may be empty."""
    with _about("message"):
        message = read_reason(request.form.get("message", ""), required=False)
    return running.pause(runtime, visit.campaign, visit.actor, message)


def resume(runtime: Runtime, visit: Visit) -> Standing | None:
    """Nothing is asked."""
    return running.resume(runtime, visit.campaign, visit.actor)


def extend(runtime: Runtime, visit: Visit) -> Standing | None:
    """`closes_at` and `reason`."""
    zone = visit.campaign.zone
    fields = Fields(request.form)
    closes_at = fields.read("closes_at", lambda text: read_wall_clock(text, zone), "", None)
    reason = fields.read("reason", read_reason, "", "")
    fields.settle()
    if closes_at is None:
        raise AssertionError("what cannot be read was refused")
    with _about("closes_at"):
        return running.extend(runtime, visit.campaign, visit.actor, closes_at, reason)


def close(runtime: Runtime, visit: Visit) -> Standing | None:
    """`reason`."""
    with _about("reason"):
        reason = read_reason(request.form.get("reason", ""))
    return running.close(runtime, visit.campaign, visit.actor, reason)


def readdress(runtime: Runtime, visit: Visit) -> Standing | None:
    """`slug`."""
    with _about("slug"):
        slug = check_slug(request.form.get("slug", "").strip().lower())
    if slug == visit.campaign.slug:
        raise Wrong({"slug": "This is the address it has."})
    try:
        return running.readdress(runtime, visit.campaign, visit.actor, slug)
    except SlugTaken:
        raise Wrong({"slug": "Another campaign has this address, or once had it. Choose another."}) from None


def take_down(runtime: Runtime, visit: Visit) -> Standing | None:
    """`reason`, for the audit trail."""
    with _about("reason"):
        reason = read_reason(request.form.get("reason", ""), required=False)
    return running.take_down(runtime, visit.campaign, visit.actor, reason)


def put_back(runtime: Runtime, visit: Visit) -> Standing | None:
    """Nothing is asked."""
    return running.put_back(runtime, visit.campaign, visit.actor)


STEPS: dict[Move, Step] = {
    Move.PUBLISH: publish,
    Move.OPENING: open_at,
    Move.PAUSE: pause,
    Move.RESUME: resume,
    Move.EXTEND: extend,
    Move.CLOSE: close,
    Move.ADDRESS: readdress,
    Move.TAKE_DOWN: take_down,
    Move.PUT_BACK: put_back,
}


def _opening(standing: Standing) -> datetime | None:
    """When it is to open; None for now."""
    if request.form.get("when") != "later":
        return None
    with _about("opens_at"):
        return read_wall_clock(request.form.get("opens_at", ""), standing.zone)


@contextmanager
def _about(field: str) -> Iterator[None]:
    """What is refused in here is about a field."""
    try:
        yield
    except Refused as refused:
        words = str(refused)
        raise Wrong({field: words[:1].upper() + words[1:]}) from None
