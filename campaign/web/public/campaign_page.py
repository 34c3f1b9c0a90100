"""A campaign's page, which everybody sees. No cookie, no token: a proxy may keep it."""

from flask import Blueprint, Response, render_template

from campaign.domain.signatures.attribution import Attribution
from campaign.domain.signatures.consent import CURRENT_UPDATES_WORDING, UPDATES_WORDINGS
from campaign.domain.signatures.mail_domains import COMMON_DOMAINS, VALID_LOOKALIKE_DOMAINS
from campaign.web import localised
from campaign.web.app_context import runtime
from campaign.web.public.attribution import UNKNOWN_SOURCE_FIELD, hidden_fields
from campaign.web.public.cached_campaign_page import campaign_page_response
from campaign.web.public.campaign_lookup import find_campaign_or_abort
from campaign.web.public.campaign_view import CampaignView
from campaign.web.public.proof_of_work import CHALLENGE_PATH
from campaign.web.public.related_campaigns import related_instead
from campaign.web.public.schema_org import campaign_json_ld
from campaign.web.public.share_links import share_links
from campaign.web.public.sign_form import SignForm
from campaign.web.translation import gettext

_MAIL_DOMAINS = " ".join((*COMMON_DOMAINS, *(f"={domain}" for domain in sorted(VALID_LOOKALIKE_DOMAINS))))
"""For the script that asks about a mistyped domain; those after an equals sign are left alone."""


blueprint = Blueprint("campaign_page", __name__)


@blueprint.get("/c/<slug>")
def show_campaign(slug: str) -> Response:
    """A campaign's page with its form."""
    campaign = find_campaign_or_abort(slug)

    def related(shown: CampaignView) -> tuple[CampaignView, ...]:
        return related_instead(campaign, shown.state)

    return campaign_page_response("campaign page", campaign, related, _render_fresh, shows_activity=True)


def render_campaign_page(
    shown: CampaignView,
    form: SignForm,
    link: str,
    attribution: Attribution | None = None,
    embed_token: str = "",
    related: tuple[CampaignView, ...] = (),
) -> str:
    """The campaign with its form, fresh or with what was typed and what is wrong with it; and `link` to share it.

    `related` are campaigns to sign instead of one that has closed.
    """
    shares = share_links(link, shown.share_text, shown.text.title)
    context = sign_form_context(shown, form, attribution, embed_token)
    return render_template("campaign/page.html", **context, shares=shares, related=related)


def sign_form_context(
    shown: CampaignView, form: SignForm, attribution: Attribution | None = None, embed_token: str = ""
) -> dict[str, object]:
    """What a page with the sign form shows."""
    return {
        "campaign": shown,
        "form": form,
        "countries": localised.country_choices(),
        "mail_domains": _MAIL_DOMAINS,
        "updates_wording": gettext(UPDATES_WORDINGS[CURRENT_UPDATES_WORDING]),
        "embed_token": embed_token,
        "proof_path": CHALLENGE_PATH,
        "source_fields": UNKNOWN_SOURCE_FIELD if attribution is None else hidden_fields(attribution),
        "campaign_json_ld": campaign_json_ld(shown),
    }


def _render_fresh(shown: CampaignView, related: tuple[CampaignView, ...]) -> str:
    return render_campaign_page(shown, SignForm(), runtime().tokens.absolute_url(shown.share_path), related=related)
