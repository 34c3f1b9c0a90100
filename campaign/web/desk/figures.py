"""Figures of a campaign in detail: the funnel from the form to the count, and what its signatures come from."""

from collections.abc import Iterable, Mapping
from datetime import timedelta

from flask.typing import ResponseReturnValue

from campaign.domain.accounts.role import Permission
from campaign.domain.common.i18n import N_
from campaign.domain.places.postcode_areas import POSTCODE_AREAS
from campaign.domain.signatures.mail_domains import MIN_NAMED_DOMAIN
from campaign.services.ledger import dashboard
from campaign.store.ledger.chart_data import FunnelRow, TotalRow
from campaign.store.ledger.rollups import FUNNEL_STAGES
from campaign.web import localised
from campaign.web.app_context import runtime
from campaign.web.desk.access import DeskBlueprint, DeskContext, requires
from campaign.web.desk.csv_response import csv_response
from campaign.web.desk.template_context import render_page
from campaign.web.translation import gettext

_SOURCE_LABELS = {"": N_("directly, or unknown"), "share": N_("personal share links"), "paper": N_("paper")}

blueprint = DeskBlueprint("figures")


@blueprint.get("/desk/c/<slug>/figures")
@requires(Permission.VIEW)
def show_figures(context: DeskContext) -> ResponseReturnValue:
    """Page of the funnel and the origins."""
    campaign = context.campaign
    origins, funnel = dashboard.signature_origins(runtime(), campaign), dashboard.verification_funnel(runtime(), campaign)
    median = funnel.median_wait_seconds
    return render_page(
        "figures.html",
        funnel=funnel,
        fewest=MIN_NAMED_DOMAIN,
        wait="" if median is None else localised.stretch(timedelta(seconds=median)),
        origins=[
            (
                "sources",
                gettext("Sources and share links"),
                _labelled_counts(origins.sources, {key: gettext(name) for key, name in _SOURCE_LABELS.items()}, ""),
            ),
            (
                "countries",
                gettext("Countries"),
                _labelled_counts(origins.countries, localised.country_names(), gettext("not asked")),
            ),
            (
                "areas",
                gettext("Postcode areas"),
                _labelled_counts(origins.areas, POSTCODE_AREAS, gettext("outside the United Kingdom, or not asked")),
            ),
        ],
        when=lambda at: localised.short_time(at, campaign.zone),
    )


@blueprint.get("/desk/c/<slug>/funnel.csv")
@requires(Permission.VIEW)
def funnel_csv(context: DeskContext) -> ResponseReturnValue:
    """Download of the verification funnel as CSV."""
    found = dashboard.verification_funnel(runtime(), context.campaign)
    rows = [_funnel_row("hour", hour.hour.isoformat() if hour.hour else "", hour) for hour in found.by_hour]
    rows += [_funnel_row("domain", domain.key, domain) for domain in found.by_domain]
    rows.append(_funnel_row("domain", f"domains of fewer than {MIN_NAMED_DOMAIN}", found.other_domains))
    return csv_response(f"{context.campaign.slug}-funnel.csv", ("by", "key", *FUNNEL_STAGES), rows)


@blueprint.get("/desk/c/<slug>/origins.csv")
@requires(Permission.VIEW)
def origins_csv(context: DeskContext) -> ResponseReturnValue:
    """Download of signatures by source as CSV."""
    found = dashboard.signature_origins(runtime(), context.campaign)
    kinds = (("country", found.countries), ("area", found.areas), ("source", found.sources))
    rows = [(kind, line.key, line.verified) for kind, lines in kinds for line in lines]
    return csv_response(f"{context.campaign.slug}-origins.csv", ("kind", "key", "verified"), rows)


def _labelled_counts(lines: Iterable[TotalRow], names: Mapping[str, str], unnamed_label: str) -> list[tuple[str, int]]:
    return [(names.get(line.key) or line.key or unnamed_label, line.verified) for line in lines]


def _funnel_row(kind: str, key: str, stages: FunnelRow) -> tuple[object, ...]:
    return (kind, key, *(getattr(stages, name) for name in FUNNEL_STAGES))
