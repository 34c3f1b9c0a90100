"""New campaign: a form with the few things without which there is none; the rest follows at leisure."""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from flask import request
from flask.typing import ResponseReturnValue

from campaign.domain.accounts.role import Permission
from campaign.domain.campaigns.definition import CampaignDefinition, InvalidFieldsError, read_definition
from campaign.domain.campaigns.settings import DEFAULT_TIME_ZONE
from campaign.domain.campaigns.slug import suggested_slug
from campaign.domain.common.i18n import N_
from campaign.domain.common.invalid_input import Sentence
from campaign.domain.common.local_time import format_local_time
from campaign.services.campaigns import drafts
from campaign.services.campaigns.drafts import SlugTakenError
from campaign.web.app_context import runtime
from campaign.web.desk.access import DeskBlueprint, DeskContext, requires
from campaign.web.desk.campaign_form_fields import RECIPIENT_KIND_LABELS, error_sentences, local_time_from_form
from campaign.web.desk.template_context import redirect_with_message, render_page

NEW_CAMPAIGN_FIELDS = ("title", "recipient_kind", "recipient", "ask", "organiser", "contact", "closes_at", "slug")
_DEFAULT_DURATION_DAYS = 90
"""How long a campaign runs where nobody has chosen yet."""

blueprint = DeskBlueprint("new_campaign")


def _new_campaign_form(values: Mapping[str, str], errors: Mapping[str, str], status: int) -> ResponseReturnValue:
    address = f"{runtime().settings.base_url}/c/"
    return render_page(
        "new_campaign.html",
        status,
        values=values,
        errors=errors,
        kinds=RECIPIENT_KIND_LABELS,
        address=address,
    )


@blueprint.get("/desk/campaigns/new")
@requires(Permission.OWN_ACCOUNT)
def show_new_campaign(context: DeskContext) -> ResponseReturnValue:
    """Page with the form for a new campaign."""
    zone = ZoneInfo(DEFAULT_TIME_ZONE)
    evening = (runtime().now() + timedelta(days=_DEFAULT_DURATION_DAYS)).astimezone(zone).replace(hour=23, minute=59)
    suggested = {
        "recipient_kind": "other", "closes_at": format_local_time(evening, zone),
        "organiser": context.campaigner.name, "contact": context.campaigner.email,
    }  # fmt: skip
    return _new_campaign_form(suggested, {}, 200)


@blueprint.post("/desk/campaigns/new")
@requires(Permission.OWN_ACCOUNT)
def create_campaign(context: DeskContext) -> ResponseReturnValue:
    """Form: create a campaign as a draft."""
    typed = {name: request.form.get(name, "").strip() for name in NEW_CAMPAIGN_FIELDS}
    definition, errors = _read_draft(typed, runtime().now(), lambda title: drafts.free_slug(runtime(), suggested_slug(title)))
    if definition is not None:
        try:
            campaign = drafts.create_draft(runtime(), context.actor, definition)
        except SlugTakenError:
            free = drafts.free_slug(runtime(), definition.slug)
            errors = {
                "slug": Sentence(
                    N_("Another campaign has the address %(address)s. This one is free: %(free)s."),
                    {"address": definition.slug, "free": free},
                )
            }
            typed["slug"] = free
        else:
            return redirect_with_message(
                f"/desk/c/{campaign.slug}/text",
                "The draft is stored. Nobody sees it until you publish it. Say more, add a picture, look at the preview.",
            )
    return _new_campaign_form(typed, errors, 422)


def _read_draft(
    typed: Mapping[str, str], now: datetime, suggest: Callable[[str], str]
) -> tuple[CampaignDefinition | None, dict[str, str]]:
    """The draft, or what is wrong with each field."""
    wrong: dict[str, str] = {}
    raw = {
        **typed,
        "closes_at": local_time_from_form(typed, "closes_at", wrong),
        "slug": typed["slug"] or suggest(typed["title"]),
    }
    try:
        definition = read_definition(raw, now)
    except InvalidFieldsError as refused:
        return None, error_sentences({**refused.errors, **wrong}, NEW_CAMPAIGN_FIELDS)
    return definition, {}
