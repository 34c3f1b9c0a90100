"""Where a campaign's signatures come from: by constituency, council, region and country; certificates for representatives.

The team sees every number. Who only watches (the operator of the site) sees what everybody may, as do the files that are made
to be passed on and the certificates; see `campaign.domain.suppression`.
"""

import csv
import io
from collections.abc import Iterable, Sequence

from flask import Response, request
from flask.typing import ResponseReturnValue

from campaign.constituents import certificates, origins, people
from campaign.domain.place import By
from campaign.domain.refusal import Refused
from campaign.domain.representative import KINDS
from campaign.domain.role import Act
from campaign.domain.suppression import SMALLEST
from campaign.exports.csv_export import neutralised
from campaign.runtime import Runtime
from campaign.web.desk.furniture import show
from campaign.web.desk.gate import Desk, Gate, Visit
from campaign.web.desk.tiles import VIEW, tiles
from campaign.web.desk.typed import shown_again

_LISTED = 100
"""Lines of the page's table, until all are asked for."""
_NAMES = {
    By.CONSTITUENCY: ("Constituencies", "Constituency"),
    By.COUNCIL: ("Councils", "Council"),
    By.REGION: ("Regions and nations", "Region or nation"),
    By.COUNTRY: ("Countries", "Country"),
}
_NOWHERE = {By.CONSTITUENCY: "in no constituency", By.COUNCIL: "in no council"}
"""What the Isle of Man and the Channel Islands are, where somebody gives one of their postcodes as British."""


def places_room(runtime: Runtime, gate: Gate) -> Desk:
    """`/desk/c/<slug>/places`."""
    room = gate.room("places")

    @room.at("/c/<slug>/places", Act.WATCH, "GET")
    def places(visit: Visit) -> ResponseReturnValue:
        return page(visit)

    @room.at("/c/<slug>/places.csv", Act.WATCH, "GET")
    def places_file(visit: Visit) -> ResponseReturnValue:
        by, exact = _by(visit), visit.may(Act.READ_SIGNATURES) and request.args.get("small") == "1"
        found = origins.origins(runtime, visit.campaign.id)
        lines = found.exact(by) if exact else found.public(by)
        named = people.of_kind(runtime, by)
        rows = []
        for total in lines:
            who = people.of_area(total, named)
            rows.append((total.code, total.name, total.region, who.name if who else "", total.verified))
        name = f"{visit.campaign.slug}-by-{by}{'' if exact else '-to-pass-on'}.csv"
        return _file(name, ("code", by.value, "region", "representative", "verified"), rows)

    @room.at("/c/<slug>/places/certificates", Act.EDIT, "POST")
    def make(visit: Visit) -> ResponseReturnValue:
        typed = {"kind": shown_again(request.form.get("kind", "")), "area": shown_again(request.form.get("area", ""))}
        kind = By(typed["kind"]) if typed["kind"] in KINDS else By.CONSTITUENCY
        try:
            certified = certificates.certificates(runtime, visit.actor, visit.campaign, kind, typed["area"])
        except Refused as refused:
            return page(visit, typed, {"area": str(refused)})
        out = io.BytesIO()
        certificates.write(runtime, out, visit.campaign, certified)
        name = f"{visit.campaign.slug}-certificates-by-{kind}.pdf"
        headers = {"Content-Disposition": f'attachment; filename="{name}"'}
        return Response(out.getvalue(), mimetype="application/pdf", headers=headers)

    def page(visit: Visit, typed: dict[str, str] | None = None, errors: dict[str, str] | None = None) -> ResponseReturnValue:
        by, team = _by(visit), visit.may(Act.READ_SIGNATURES)
        found = origins.origins(runtime, visit.campaign.id)
        lines = found.exact(by) if team else found.public(by)
        regions = found.exact(By.REGION) if team else found.public(By.REGION)
        if request.args.get("sort") == "name":
            lines = sorted(lines, key=lambda total: (not total.name, total.name, total.region))
        named = people.of_kind(runtime, by)
        shown = lines if request.args.get("all") == "1" else lines[:_LISTED]
        return show(
            "places.html", 422 if errors else 200, by=by, kinds=[(kind, *_NAMES[kind]) for kind in _kinds(visit)],
            coverage=found.coverage, most=max((total.verified for total in lines), default=0), lines=[
                (total, people.of_area(total, named), total.name or f"{total.region}, {_NOWHERE[by]}") for total in shown
            ],
            more=len(lines) - len(shown), sort=request.args.get("sort", ""), by_region=by in KINDS, represented=bool(named),
            tiles=tiles({total.name: total.verified for total in regions}, not team), view=VIEW, team=team,
            off=not runtime.settings.places_url, smallest=SMALLEST, edits=visit.may(Act.EDIT), representable=KINDS,
            told={kind: len(found.public(kind)) for kind in KINDS}, values=typed or {}, errors=errors or {},
        )  # fmt: skip

    return room


def _kinds(visit: Visit) -> Sequence[By]:
    # What is told of constituencies and councils together could be subtracted from each other where their borders cross.
    return [kind for kind in By if kind is not By.COUNCIL or visit.may(Act.READ_SIGNATURES)]


def _by(visit: Visit) -> By:
    wanted = request.args.get("by", "")
    return next((kind for kind in _kinds(visit) if kind == wanted), By.CONSTITUENCY)


def _file(name: str, header: Sequence[str], rows: Iterable[Sequence[str | int]]) -> Response:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(header)
    # Names come from outside; none may become a formula in somebody's spreadsheet.
    writer.writerows([neutralised(cell) if isinstance(cell, str) else cell for cell in row] for row in rows)
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(text.getvalue(), mimetype="text/csv", headers=headers)
