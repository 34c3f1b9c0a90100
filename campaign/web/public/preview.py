"""Preview of a campaign before it is published, for those who have its link: not signable, not cached, not indexed."""

from dataclasses import replace

import structlog
from flask import Blueprint, Response, abort, make_response, redirect, render_template
from flask.typing import ResponseReturnValue

from campaign.domain.campaigns.campaign import Campaign
from campaign.domain.campaigns.image import read_image_name
from campaign.services.campaigns import drafts, images
from campaign.web.app_context import runtime
from campaign.web.language import use_campaign_language
from campaign.web.public.campaign_page import sign_form_context
from campaign.web.public.campaign_view import campaign_view, picture_views
from campaign.web.public.images import image_response
from campaign.web.public.related_campaigns import related_instead
from campaign.web.public.share_links import share_links
from campaign.web.public.sign_form import SignForm
from campaign.web.security_headers import allow_style, no_store, no_store_no_referrer

log = structlog.get_logger(__name__)

blueprint = Blueprint("preview", __name__)


@blueprint.get("/preview/<slug>/<key>")
def show_preview(slug: str, key: str) -> ResponseReturnValue:
    """A draft's page."""
    campaign = _draft_or_404(slug, key)
    if campaign.published:
        return no_store_no_referrer(make_response(redirect(f"/c/{campaign.slug}", 303)))
    return no_store_no_referrer(preview_page(campaign, f"/preview/{slug}/{key}"))


@blueprint.get("/preview/<slug>/<key>/image-<name>")
def show_preview_image(slug: str, key: str, name: str) -> Response:
    """An image of a draft."""
    digest, width, kind = read_image_name(name) or abort(404)
    body = images.get_image(runtime(), _draft_or_404(slug, key).id, digest, width, kind)
    return no_store_no_referrer(image_response(body, kind))


def _draft_or_404(slug: str, key: str) -> Campaign:
    campaign = drafts.get_by_preview_key(runtime(), slug, key)
    if campaign is None or campaign.taken_down:
        log.info("A link was refused: over, or of no draft", kind="preview")
        abort(404)
    return campaign


def preview_page(campaign: Campaign, path: str, desk_path: str = "") -> Response:
    """The page of a campaign as it will look while it is open. `path` is where its pictures are had from; `desk_path` leads
    those who have an account back to where they came from."""
    use_campaign_language(campaign)
    shown = campaign_view(campaign, runtime().now())
    shown = replace(
        shown, state="open" if shown.state == "scheduled" or not campaign.published else shown.state,
        **picture_views(campaign, path),
    )  # fmt: skip
    shares = share_links(runtime().tokens.absolute_url(shown.share_path), shown.share_text, shown.text.title)
    page = render_template(
        "campaign/preview.html",
        **sign_form_context(shown, SignForm()),
        shares=shares,
        desk=desk_path,
        related=related_instead(campaign, shown.state),
    )
    return no_store(allow_style(make_response(page), shown.style))
