"""Share page: every way to pass a campaign on; and the form for Mastodon, whose server must be asked for."""

from flask import Blueprint, Response, make_response, render_template, request

from campaign.domain.campaigns.campaign import Campaign
from campaign.domain.common.invalid_input import InvalidInputError
from campaign.domain.signatures.attribution import read_attribution
from campaign.web.app_context import runtime
from campaign.web.compressed_page import compress_page, page_response
from campaign.web.language import use_campaign_language
from campaign.web.public.cached_campaign_page import PAGE_MAX_AGE_SECONDS
from campaign.web.public.campaign_lookup import find_campaign_or_abort
from campaign.web.public.campaign_view import CampaignView, campaign_view
from campaign.web.public.embed_code import badge_html, widget_html
from campaign.web.public.share_links import mastodon_link, read_mastodon_server, share_links, with_via
from campaign.web.security_headers import allow_own_frames, allow_style, no_store
from campaign.web.translation import refusal_message

blueprint = Blueprint("share", __name__)


@blueprint.get("/c/<slug>/share")
def show_share_page(slug: str) -> Response:
    """All ways to pass a campaign on."""
    shown = _campaign_view_in_language(find_campaign_or_abort(slug))
    via = _via_from_query()
    link = with_via(runtime().tokens.absolute_url(shown.share_path), via)
    page = render_template(
        "campaign/share.html",
        campaign=shown,
        link=link,
        via=via,
        shares=share_links(link, shown.share_text, shown.text.title),
        badge_code=badge_html(shown, link),
        widget_code=widget_html(shown, via),
    )
    return allow_style(allow_own_frames(page_response(compress_page(page), max_age_seconds=PAGE_MAX_AGE_SECONDS)), shown.style)


@blueprint.get("/c/<slug>/share/mastodon")
def show_mastodon_page(slug: str) -> Response:
    """The form that asks for a Mastodon server, and the link to it."""
    shown, via, typed = (
        _campaign_view_in_language(find_campaign_or_abort(slug)),
        _via_from_query(),
        request.args.get("server", ""),
    )
    server = target = error = ""
    if "server" in request.args:
        try:
            server = read_mastodon_server(typed)
            link = with_via(runtime().tokens.absolute_url(shown.share_path), via)
            # A page with a link, never a redirect: an address of ours must not lead wherever a stranger likes.
            target = mastodon_link(server, link, shown.share_text)
        except InvalidInputError as refused:
            error = refusal_message(refused)
    page = render_template(
        "campaign/mastodon.html", campaign=shown, via=via, server=server or typed, error=error, target=target
    )
    # It repeats what was typed: nobody keeps it.
    return allow_style(no_store(make_response(page, 422 if error else 200)), shown.style)


def _campaign_view_in_language(campaign: Campaign) -> CampaignView:
    use_campaign_language(campaign)
    return campaign_view(campaign, runtime().now())


def _via_from_query() -> str:
    """The label or personal code in the address, where it is one."""
    said = request.args.get("via", "")
    came = read_attribution(said, "")
    return came.referral_code or came.source
