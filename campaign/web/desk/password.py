"""One's own password, for those who want one."""

from flask import Response, request
from flask.typing import ResponseReturnValue

from campaign.domain.password import LONGEST, SHORTEST
from campaign.domain.refusal import Refused
from campaign.domain.role import Act
from campaign.proving import passwords
from campaign.runtime import Runtime
from campaign.web.desk.confirm import must_be_sure
from campaign.web.desk.furniture import done, show
from campaign.web.desk.gate import Desk, Gate, Visit
from campaign.web.desk.passkeys import OTHERS_OUT

_HERE = "/desk/account/password"


def password_room(runtime: Runtime, gate: Gate) -> Desk:
    """`/desk/account/password`."""
    room = gate.room("password")

    def page(status: int = 200, **errors: str) -> Response:
        return show("password.html", status, errors=errors, shortest=SHORTEST, longest=LONGEST)

    @room.at("/account/password", Act.OWN, "GET")
    def password(visit: Visit) -> ResponseReturnValue:
        must_be_sure(runtime, visit, _HERE)
        return page()

    @room.at("/account/password", Act.OWN, "POST")
    def set_password(visit: Visit) -> ResponseReturnValue:
        must_be_sure(runtime, visit, _HERE)
        try:
            passwords.put(
                runtime, visit.campaigner, visit.actor, request.form.get("password", ""), keep=visit.session.id
            )  # fmt: skip
        except Refused as refused:
            return page(422, password=str(refused))
        return done(runtime.links, _HERE, f"The password is set. {OTHERS_OUT}")

    @room.at("/account/password/remove", Act.OWN, "POST")
    def remove(visit: Visit) -> ResponseReturnValue:
        must_be_sure(runtime, visit, _HERE)
        if not passwords.remove(runtime, visit.campaigner.id, visit.actor, keep=visit.session.id):
            return done(runtime.links, _HERE, "You have no password.", "warn")
        return done(runtime.links, _HERE, f"The password is removed. {OTHERS_OUT}")

    return room
