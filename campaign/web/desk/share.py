"""Share page of the desk: the campaign's link and QR code, words to send it with, paper, and code for websites."""

from flask import request
from flask.typing import ResponseReturnValue

from campaign.domain.accounts.role import Permission
from campaign.domain.common.i18n import N_
from campaign.domain.signatures.attribution import read_attribution
from campaign.rendering.markdown import plain_text
from campaign.web.app_context import runtime
from campaign.web.desk.access import DeskBlueprint, DeskContext, requires
from campaign.web.desk.request_values import echoed_input
from campaign.web.desk.template_context import render_page
from campaign.web.public.campaign_view import campaign_view
from campaign.web.public.embed_code import badge_html, widget_html
from campaign.web.public.share_links import share_links, with_via

blueprint = DeskBlueprint("share")


@blueprint.get("/desk/c/<slug>/share")
@requires(Permission.VIEW)
def show_share_page(context: DeskContext) -> ResponseReturnValue:
    """Everything a team needs to bring the campaign to people."""
    shown = campaign_view(context.campaign, runtime().now())
    typed = echoed_input(request.args.get("via", "")).strip()
    label = read_attribution(typed, "").source
    error = N_("Use letters, digits and hyphens, 20 at most: leaflet-march.") if typed and label != typed.lower() else ""
    via = "" if error else label
    link = with_via(runtime().tokens.absolute_url(shown.path), via)
    return render_page(
        "share.html",
        422 if error else 200,
        campaign=context.campaign,
        shown=shown,
        link=link,
        via=via,
        values={"via": typed},
        errors={"via": error} if error else {},
        message=f"{shown.share_text}\n{link}",
        letter=f"{shown.text.title}\n\n{plain_text(shown.text.ask)}\n\n{link}",
        places=share_links(link, shown.share_text, shown.text.title),
        widget_code=widget_html(shown, via),
        badge_code=badge_html(shown, link),
        acts=Permission,
    )
