"""What looks odd among a campaign's signatures: why, how much, and what to do about it."""

from urllib.parse import urlencode

from flask import request
from flask.typing import ResponseReturnValue

from campaign import flagging, searching
from campaign.domain.filters import Filters
from campaign.domain.flag import PART_WORDS, TITLES, FlagKind, reason
from campaign.domain.role import Act
from campaign.domain.signature import SignatureState
from campaign.runtime import Runtime
from campaign.store.flags import Flag
from campaign.web.desk.furniture import done, show
from campaign.web.desk.gate import Desk, Gate, Visit
from campaign.web.desk.signature_words import when


def flags_room(runtime: Runtime, gate: Gate) -> Desk:
    """`/desk/c/<slug>/flags`."""
    room = gate.room("flags")

    @room.at("/c/<slug>/flags", Act.MODERATE, "GET")
    def flags(visit: Visit) -> ResponseReturnValue:
        dismissed = bool(request.args.get("dismissed"))
        found = flagging.page(runtime, visit.campaign, dismissed=dismissed)
        return show(
            "flags.html", flags=found, dismissed=dismissed, titles=TITLES, parts=PART_WORDS, query=query, named=FlagKind.NAME,
            why=lambda flag: reason(flag.kind, flag.subject, flag.facts), when=lambda at: when(at, visit.campaign.zone),
        )  # fmt: skip

    @room.at("/c/<slug>/flags/<int:number>/dismiss", Act.MODERATE, "POST")
    def dismiss(visit: Visit, number: int) -> ResponseReturnValue:
        gone = number < 2**63 and flagging.dismiss(runtime, visit.actor, visit.campaign, number)
        said = ("The flag is put away.", "good") if gone else ("It was put away before.", "warn")
        return done(runtime.links, f"/desk/c/{visit.campaign.slug}/flags", *said)

    @room.at("/c/<slug>/flags/<int:number>/bring-back", Act.MODERATE, "POST")
    def bring_back(visit: Visit, number: int) -> ResponseReturnValue:
        back = number < 2**63 and flagging.bring_back(runtime, visit.actor, visit.campaign, number)
        said = ("The flag stands again.", "good") if back else ("There is no such flag.", "warn")
        return done(runtime.links, f"/desk/c/{visit.campaign.slug}/flags", *said)

    @room.at("/c/<slug>/flags/<int:number>/signatures", Act.MODERATE, "POST")
    def signatures(visit: Visit, number: int) -> ResponseReturnValue:
        """The signatures of a flag about a name: somebody's own, so it stands in no address."""
        flag = next((flag for flag in flagging.page(runtime, visit.campaign) if flag.id == number), None)
        if flag is None:
            return done(runtime.links, f"/desk/c/{visit.campaign.slug}/flags", "That flag was put away.", "warn")
        filters = Filters(name=flag.subject)
        name = searching.keep(runtime, visit.session.id, visit.campaigner.id, visit.campaign.id, filters)
        return done(runtime.links, f"/desk/c/{visit.campaign.slug}/signatures?{urlencode({'f': name})}", TITLES[flag.kind])

    return room


def query(flag: Flag) -> str:
    """The query that finds the signatures a flag is about; those of its hour where that is what is odd."""
    states = (SignatureState.PENDING, SignatureState.VERIFIED)
    by = {"domain": flag.subject} if flag.kind in (FlagKind.DOMAIN, FlagKind.REFUSED) else {flag.kind.value: flag.subject}
    return urlencode(Filters(**by, states=states).to_query())  # type: ignore[arg-type]
