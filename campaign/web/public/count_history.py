"""History of a count as open data: JSON and CSV, by the hour or the day, equal to the public log."""

import csv
import io
import json
from typing import Any

from flask import Blueprint, Response

from campaign.domain.campaigns.campaign import Campaign
from campaign.domain.common.formatting import format_utc
from campaign.services.log import history
from campaign.services.log.history import CountHistory
from campaign.store.log.history import LoggedHour
from campaign.web.app_context import runtime
from campaign.web.cache import Region, process_cache
from campaign.web.public.campaign_lookup import find_campaign_or_abort
from campaign.web.public.log import current_checkpoint
from campaign.web.security_headers import allow_reading_elsewhere

HISTORY_SECONDS = 5
"""How long anybody, this process included, may keep a history."""
COLUMNS = ("verified", "paper", "restored", "withdrawn", "invalidated", "undone", "total", "log_size")
_BODIES: Region[str] = Region(
    "count history", max_entries=200, seconds=HISTORY_SECONDS, max_bytes=8 * 1024 * 1024, size=len, flight="count history"
)

blueprint = Blueprint("count_history", __name__)


@blueprint.get("/c/<slug>/history.json")
def show_history_json(slug: str) -> Response:
    """The history as JSON."""
    campaign = find_campaign_or_abort(slug)
    body = process_cache().get(_BODIES, (slug, "json"), lambda: json.dumps(_as_json(campaign)) + "\n")
    return _open_data(Response(body, mimetype="application/json"))


@blueprint.get("/c/<slug>/history.csv")
def show_history_csv(slug: str) -> Response:
    """The history as CSV."""
    campaign = find_campaign_or_abort(slug)
    body = process_cache().get(_BODIES, (slug, "csv"), lambda: _as_csv(history.count_history(runtime(), campaign.id)))
    return _open_data(Response(body, content_type="text/csv; charset=utf-8"))


def _as_json(campaign: Campaign) -> dict[str, Any]:
    found, checkpoint = history.count_history(runtime(), campaign.id), current_checkpoint()
    logged, certified = found.logged, found.certified
    return {
        "slug": campaign.slug,
        "log": checkpoint.note.partition("\n")[0] if checkpoint else None,
        "log_campaign": logged.name if logged else None,
        "logged_since": format_utc(logged.since) if logged else None,
        "entries_from_before": logged.older_entries if logged else 0,
        "ledger_entries": logged.sequence if logged else 0,
        "total": found.periods[-1].total if found.periods else 0,
        "certified": {"total": certified.total, "ledger_entries": certified.sequence} if certified else None,
        "resolution": found.resolution,
        "periods": [{"from": format_utc(each.hour), **_numbers(each)} for each in found.periods],
    }


def _as_csv(found: CountHistory) -> str:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow((found.resolution, *COLUMNS))
    writer.writerows((format_utc(each.hour), *_numbers(each).values()) for each in found.periods)
    return text.getvalue()


def _numbers(each: LoggedHour) -> dict[str, int]:
    values = (
        each.verify, each.paper, each.restore, each.withdraw, each.invalidate, each.undo, each.total, each.log_size,
    )  # fmt: skip
    return dict(zip(COLUMNS, values, strict=True))


def _open_data(response: Response) -> Response:
    response.headers["Cache-Control"] = f"public, max-age={HISTORY_SECONDS}"
    return allow_reading_elsewhere(response)
