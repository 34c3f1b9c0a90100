"""One's own passkeys: the list, adding, renaming, removing."""

from zoneinfo import ZoneInfo

from flask import Response, request
from flask.typing import ResponseReturnValue

from campaign.config import site_name
from campaign.domain import wording
from campaign.domain.refusal import Refused
from campaign.domain.role import Act
from campaign.proving import passkeys
from campaign.runtime import Runtime
from campaign.store import sessions
from campaign.web.desk.challenge import answer, answered, asked
from campaign.web.desk.confirm import must_be_sure
from campaign.web.desk.furniture import done, show
from campaign.web.desk.gate import Desk, Gate, Visit

_HERE = "/desk/account/passkeys"
_LONDON = ZoneInfo("Europe/London")


def passkeys_room(runtime: Runtime, gate: Gate) -> Desk:
    """`/desk/account/passkeys`."""
    room = gate.room("passkeys")
    https = runtime.settings.base_url.startswith("https:")

    def page(visit: Visit, status: int = 200, **errors: str) -> Response:
        mine = passkeys.of(runtime, visit.campaigner.id)
        return show(
            "passkeys.html", status, passkeys=mine, full=len(mine) >= passkeys.MOST, errors=errors,
            values={"name": request.form.get("name") or visit.session.device}, longest_name=passkeys.LONGEST_NAME,
            moment=lambda at: wording.moment(at, _LONDON),
        )  # fmt: skip

    @room.at("/account/passkeys", Act.OWN, "GET")
    def list_passkeys(visit: Visit) -> ResponseReturnValue:
        must_be_sure(runtime, visit, _HERE)
        return page(visit)

    @room.at("/account/passkeys/new.json", Act.OWN, "POST")
    def ask_for_new(visit: Visit) -> ResponseReturnValue:
        must_be_sure(runtime, visit, _HERE)
        return asked(passkeys.ask_for_new(runtime, visit.campaigner, site_name(runtime.settings)), https=https)

    @room.at("/account/passkeys", Act.OWN, "POST")
    def add(visit: Visit) -> ResponseReturnValue:
        must_be_sure(runtime, visit, _HERE)
        name = request.form.get("name") or visit.session.device
        try:
            passkeys.add(runtime, visit.campaigner, visit.actor, name, answer(), keep=visit.session.id)
        except Refused as refused:
            return answered(page(visit, 422, new=str(refused)))
        now = runtime.now()
        # They have just unlocked it.
        runtime.ask_redis(lambda redis: sessions.confirm(redis, visit.session, now, second_factor=True))
        return answered(done(runtime.links, _HERE, f"The passkey is added. {OTHERS_OUT}"))

    @room.at("/account/passkeys/<int:number>/name", Act.OWN, "POST")
    def rename(visit: Visit, number: int) -> ResponseReturnValue:
        must_be_sure(runtime, visit, _HERE)
        try:
            renamed = passkeys.rename(runtime, visit.campaigner.id, visit.actor, number, request.form.get("name", ""))
        except Refused as refused:
            return page(visit, 422, **{f"name-{number}": str(refused)})
        return done(runtime.links, _HERE, "The passkey has its new name.") if renamed else _gone(runtime)

    @room.at("/account/passkeys/<int:number>/remove", Act.OWN, "POST")
    def remove(visit: Visit, number: int) -> ResponseReturnValue:
        must_be_sure(runtime, visit, _HERE)
        if not passkeys.remove(runtime, visit.campaigner.id, visit.actor, number, keep=visit.session.id):
            return _gone(runtime)
        return done(runtime.links, _HERE, f"The passkey is removed. {OTHERS_OUT}")

    return room


OTHERS_OUT = "Your other browsers are signed out."


def _gone(runtime: Runtime) -> Response:
    return done(runtime.links, _HERE, "You have removed that passkey before.", "warn")
