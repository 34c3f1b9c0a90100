"""Origins of a campaign's signatures by constituency, council, region and country; certificates for representatives.

The team sees every number. Who only watches (the operator of the site) sees what everybody may, as do the files that are made
to be passed on and the certificates; see `campaign.domain.places.suppression`.
"""

from collections.abc import Sequence

from flask import Response, request
from flask.typing import ResponseReturnValue

from campaign.domain.accounts.role import Permission
from campaign.domain.common.i18n import N_
from campaign.domain.common.invalid_input import InvalidInputError
from campaign.domain.places.place import AreaKind
from campaign.domain.places.representative import REPRESENTED_AREA_KINDS
from campaign.domain.places.suppression import MIN_SHOWN
from campaign.services.places import certificates, representatives, totals
from campaign.web.app_context import runtime
from campaign.web.desk.access import DeskBlueprint, DeskContext, requires
from campaign.web.desk.csv_response import csv_response
from campaign.web.desk.process_slot import PROCESS_SLOT, SLOT_WAIT_SECONDS
from campaign.web.desk.request_values import echoed_fields
from campaign.web.desk.template_context import render_page
from campaign.web.region_map import VIEW_BOX, region_map
from campaign.web.translation import gettext

_MAX_LINES = 100
"""Lines of the page's table, until all are asked for."""
_KIND_LABELS = {
    AreaKind.CONSTITUENCY: (N_("Constituencies"), N_("Constituency")),
    AreaKind.COUNCIL: (N_("Councils"), N_("Council")),
    AreaKind.REGION: (N_("Regions and nations"), N_("Region or nation")),
    AreaKind.COUNTRY: (N_("Countries"), N_("Country")),
}
_AREA_KIND_NAMES = (N_("constituency"), N_("council"), N_("region"), N_("country"))
"""What the kinds are called, as their values are: for those who translate them."""
_NO_AREA_LABELS = {AreaKind.CONSTITUENCY: N_("in no constituency"), AreaKind.COUNCIL: N_("in no council")}
"""What the Isle of Man and the Channel Islands are, where somebody gives one of their postcodes as British."""

blueprint = DeskBlueprint("places")


@blueprint.get("/desk/c/<slug>/places")
@requires(Permission.VIEW)
def show_places(context: DeskContext) -> ResponseReturnValue:
    """Page of signatures by area, with the map."""
    return _places_page(context)


@blueprint.get("/desk/c/<slug>/places.csv")
@requires(Permission.VIEW)
def places_csv(context: DeskContext) -> ResponseReturnValue:
    """Download of signatures by area as CSV."""
    by, exact = _kind_from_query(context), context.may(Permission.READ_SIGNATURES) and request.args.get("small") == "1"
    found = totals.area_totals(runtime(), context.campaign.id)
    lines = found.exact(by) if exact else found.public(by)
    named = representatives.representatives_of_kind(runtime(), by)
    rows = []
    for total in lines:
        who = representatives.representative_of_area(total, named)
        rows.append((total.code, total.name, total.region, who.name if who else "", total.verified))
    name = f"{context.campaign.slug}-by-{by}{'' if exact else '-to-pass-on'}.csv"
    return csv_response(name, ("code", by.value, "region", "representative", "verified"), rows)


@blueprint.post("/desk/c/<slug>/places/certificates")
@requires(Permission.EDIT)
def make_certificates(context: DeskContext) -> ResponseReturnValue:
    """Download of certificates for representatives as one PDF."""
    typed = echoed_fields("kind", "area")
    kind = AreaKind(typed["kind"]) if typed["kind"] in REPRESENTED_AREA_KINDS else AreaKind.CONSTITUENCY
    try:
        certified = certificates.prepare_certificates(runtime(), context.actor, context.campaign, kind, typed["area"])
    except InvalidInputError as refused:
        return _places_page(context, typed, {"area": refused.sentence})
    with PROCESS_SLOT.acquired(SLOT_WAIT_SECONDS):
        body = certificates.draw_certificates(runtime(), context.campaign, certified)
    name = f"{context.campaign.slug}-certificates-by-{kind}.pdf"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(body, mimetype="application/pdf", headers=headers)


def _places_page(
    context: DeskContext, typed: dict[str, str] | None = None, errors: dict[str, str] | None = None
) -> ResponseReturnValue:
    by, team = _kind_from_query(context), context.may(Permission.READ_SIGNATURES)
    found = totals.area_totals(runtime(), context.campaign.id)
    lines = found.exact(by) if team else found.public(by)
    regions = found.exact(AreaKind.REGION) if team else found.public(AreaKind.REGION)
    if request.args.get("sort") == "name":
        lines = sorted(lines, key=lambda total: (not total.name, total.name, total.region))
    named = representatives.representatives_of_kind(runtime(), by)
    shown = lines if request.args.get("all") == "1" else lines[:_MAX_LINES]
    return render_page(
        "places.html",
        422 if errors else 200,
        by=by,
        kinds=[(kind, *_KIND_LABELS[kind]) for kind in _kinds(context)],
        coverage=found.coverage,
        most=max((total.verified for total in lines), default=0),
        lines=[
            (
                total,
                representatives.representative_of_area(total, named),
                total.name or f"{total.region}, {gettext(_NO_AREA_LABELS[by])}",
            )
            for total in shown
        ],
        more=len(lines) - len(shown),
        sort=request.args.get("sort", ""),
        by_region=by in REPRESENTED_AREA_KINDS,
        represented=bool(named),
        region=AreaKind.REGION,
        region_map=region_map({total.name: total.verified for total in regions}, not team),
        view_box=VIEW_BOX,
        team=team,
        off=not runtime().settings.places_url,
        smallest=MIN_SHOWN,
        edits=context.may(Permission.EDIT),
        representable=REPRESENTED_AREA_KINDS,
        published_counts={kind: len(found.public(kind)) for kind in REPRESENTED_AREA_KINDS},
        values=typed or {},
        errors=errors or {},
    )


def _kinds(context: DeskContext) -> Sequence[AreaKind]:
    # What is told of constituencies and councils together could be subtracted from each other where their borders cross.
    return [kind for kind in AreaKind if kind is not AreaKind.COUNCIL or context.may(Permission.READ_SIGNATURES)]


def _kind_from_query(context: DeskContext) -> AreaKind:
    wanted = request.args.get("by", "")
    return next((kind for kind in _kinds(context) if kind == wanted), AreaKind.CONSTITUENCY)
