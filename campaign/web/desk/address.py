"""Another email address for one's own account: asked for here, made one's own by a link that is mailed to it."""

from flask import request
from flask.typing import ResponseReturnValue

from campaign import account as accounts
from campaign.account import AddressTaken
from campaign.domain.refusal import Refused
from campaign.domain.role import Act
from campaign.runtime import Runtime
from campaign.web.desk.confirm import must_be_sure
from campaign.web.desk.entry import known_by_link
from campaign.web.desk.furniture import done, show
from campaign.web.desk.gate import Desk, Gate, Visit

_PATH = "/desk/account/address"
_LONGEST_SHOWN = 400
_ON_ITS_WAY = "If nobody else here has that address, a link is on its way to it. Open it in this browser."


def address_room(runtime: Runtime, gate: Gate) -> Desk:
    """`/desk/account/address` and `/desk/account/address/<token>`."""
    room = gate.room("address")

    @room.at("/account/address", Act.OWN, "GET")
    def address(visit: Visit) -> ResponseReturnValue:
        must_be_sure(runtime, visit, _PATH)
        return show("address.html", values={}, errors={})

    @room.at("/account/address", Act.OWN, "POST")
    def ask(visit: Visit) -> ResponseReturnValue:
        must_be_sure(runtime, visit, _PATH)
        typed = request.form.get("email", "")
        try:
            accounts.ask_address(runtime, visit.campaigner, typed)
        except Refused as refused:
            return show("address.html", 422, values={"email": typed[:_LONGEST_SHOWN]}, errors={"email": str(refused)})
        return done(runtime.links, "/desk/account", _ON_ITS_WAY)

    @room.at("/account/address/<token>", Act.OWN, "GET")
    def look(visit: Visit, token: str) -> ResponseReturnValue:
        return page(visit, token)

    @room.at("/account/address/<token>", Act.OWN, "POST")
    def change(visit: Visit, token: str) -> ResponseReturnValue:
        try:
            changed = accounts.set_address(runtime, visit.actor, visit.campaigner, token)
        except AddressTaken:
            return page(visit, token, taken=True)
        return done(runtime.links, "/desk/account", "Your address is changed.") if changed else page(visit, token)

    def page(visit: Visit, token: str, *, taken: bool = False) -> ResponseReturnValue:
        wanted = accounts.wanted(runtime, visit.campaigner, token)
        status = 410 if wanted is None else 409 if taken else 200
        return known_by_link(show("address_wanted.html", status, wanted=wanted, token=token, taken=taken))

    return room
