"""One's own second factor: an app that shows codes, and recovery codes for the day it is lost."""

from flask import Response, request
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from campaign.config import site_name
from campaign.domain.refusal import Refused
from campaign.domain.role import Act
from campaign.drawing.qr import qr_svg
from campaign.proving import codes
from campaign.runtime import Runtime
from campaign.store import sessions
from campaign.web.desk.confirm import must_be_sure, status_of
from campaign.web.desk.furniture import done, show
from campaign.web.desk.gate import Desk, Gate, Visit
from campaign.web.desk.passkeys import OTHERS_OUT

_HERE = "/desk/account/second-factor"


def code_app_room(runtime: Runtime, gate: Gate) -> Desk:
    """`/desk/account/second-factor`."""
    room = gate.room("code_app")
    site = site_name(runtime.settings)

    def page(visit: Visit, status: int = 200, sealed: str = "", **errors: str) -> Response:
        if visit.campaigner.has_totp:
            return show("second_factor.html", status, left=codes.left(runtime, visit.campaigner.id), errors=errors)
        app = codes.offer(runtime, visit.campaigner, site, sealed)
        drawing = Markup(qr_svg(app.address, "QR code for your app; the same is below in letters").decode())  # noqa: S704 - our own
        left = codes.left(runtime, visit.campaigner.id)
        return show("second_factor.html", status, app=app, drawing=drawing, left=left, errors=errors)

    @room.at("/account/second-factor", Act.OWN, "GET")
    def second_factor(visit: Visit) -> ResponseReturnValue:
        must_be_sure(runtime, visit, _HERE)
        return page(visit)

    @room.at("/account/second-factor", Act.OWN, "POST")
    def turn_on(visit: Visit) -> ResponseReturnValue:
        must_be_sure(runtime, visit, _HERE)
        sealed = request.form.get("sealed", "")
        try:
            made = codes.turn_on(
                runtime, visit.campaigner, visit.actor, sealed, request.form.get("code", ""), keep=visit.session.id
            )  # fmt: skip
        except Refused as refused:
            # Where the offer itself is over, a new one is made.
            same = "" if str(refused) == codes.WRONG_OFFER else sealed
            return page(visit, status_of(refused), same, code=str(refused))
        now = runtime.now()
        runtime.ask_redis(lambda redis: sessions.confirm(redis, visit.session, now, second_factor=True))
        return show("recovery_codes.html", codes=made, new_app=True)

    @room.at("/account/second-factor/off", Act.OWN, "POST")
    def turn_off(visit: Visit) -> ResponseReturnValue:
        must_be_sure(runtime, visit, _HERE)
        if not codes.turn_off(runtime, visit.campaigner.id, visit.actor, keep=visit.session.id):
            return done(runtime.links, _HERE, "No app is set up.", "warn")
        return done(runtime.links, _HERE, f"No code is asked for any more. {OTHERS_OUT}")

    @room.at("/account/second-factor/recovery-codes", Act.OWN, "POST")
    def new_codes(visit: Visit) -> ResponseReturnValue:
        must_be_sure(runtime, visit, _HERE)
        if not visit.campaigner.second_factor:
            return done(runtime.links, _HERE, "Set up an app or a passkey first.", "warn")
        made = codes.new_recovery_codes(runtime, visit.campaigner, visit.actor, keep=visit.session.id)
        return show("recovery_codes.html", codes=made, new_app=False)

    return room
