"""Everything about passing a campaign on, on one page; and the way to a Mastodon server, whose name must be asked."""

from flask import Blueprint, Response, make_response, render_template, request

from campaign.domain.attribution import read_attribution
from campaign.domain.refusal import Refused
from campaign.domain.standing import Standing
from campaign.runtime import Runtime
from campaign.web.embed import WIDGET_HEIGHT, WIDGET_WIDTH
from campaign.web.form_pages import PAGE_SECONDS
from campaign.web.kept import keep, send
from campaign.web.language import speak_for
from campaign.web.protection import allow_own_frames, allow_style, private
from campaign.web.public import find_or_abort
from campaign.web.share_links import mastodon_link, read_mastodon_server, share_links, with_via
from campaign.web.views import CampaignView, view
from campaign.web.words import refusal


def share_pages(runtime: Runtime) -> Blueprint:
    """`GET /c/<slug>/share` and `/c/<slug>/share/mastodon`."""
    blueprint = Blueprint("share", __name__)

    @blueprint.get("/c/<slug>/share")
    def share(slug: str) -> Response:
        shown = show(find_or_abort(runtime, slug))
        via = _via()
        link = with_via(runtime.links.url(shown.path), via) if via else runtime.links.url(shown.path)
        page = render_template(
            "campaign/share.html", campaign=shown, link=link, via=via,
            shares=share_links(link, shown.share_text, shown.text.title), width=WIDGET_WIDTH, height=WIDGET_HEIGHT,
        )  # fmt: skip
        return allow_style(allow_own_frames(send(keep(page), seconds=PAGE_SECONDS)), shown.style_hash)

    @blueprint.get("/c/<slug>/share/mastodon")
    def share_on_mastodon(slug: str) -> Response:
        shown, via, typed = show(find_or_abort(runtime, slug)), _via(), request.args.get("server", "")
        server = target = error = ""
        if "server" in request.args:
            try:
                server = read_mastodon_server(typed)
                link = with_via(runtime.links.url(shown.path), via) if via else runtime.links.url(shown.path)
                # A page with a link, never a redirect: an address of ours must not lead wherever a stranger likes.
                target = mastodon_link(server, link, shown.share_text)
            except Refused as refused:
                error = refusal(refused)
        page = render_template(
            "campaign/mastodon.html", campaign=shown, via=via, server=server or typed, error=error, target=target
        )
        # It repeats what was typed: nobody keeps it.
        return allow_style(private(make_response(page, 422 if error else 200)), shown.style_hash)

    def show(standing: Standing) -> CampaignView:
        speak_for(standing)
        return view(standing, runtime.now())

    return blueprint


def _via() -> str:
    """The label or personal code in the address, where it is one."""
    said = request.args.get("via", "")
    came = read_attribution(said, "")
    return came.brought_by or came.source
