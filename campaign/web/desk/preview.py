"""Drafts: preview of a campaign's page for its team, the preview link, copies of a campaign, and discarding a draft."""

from flask.typing import ResponseReturnValue

from campaign.domain.accounts.role import Permission
from campaign.services.campaigns import drafts
from campaign.services.campaigns.drafts import SlugTakenError
from campaign.web.app_context import runtime
from campaign.web.desk.access import DeskBlueprint, DeskContext, requires
from campaign.web.desk.template_context import redirect_with_message, render_page
from campaign.web.public.preview import preview_page

blueprint = DeskBlueprint("preview")


@blueprint.get("/desk/c/<slug>/preview")
@requires(Permission.VIEW)
def show_preview(context: DeskContext) -> ResponseReturnValue:
    """Page of a draft as it will look."""
    path = f"/desk/c/{context.campaign.slug}"
    return preview_page(context.campaign, path, desk_path=f"{path}/text" if context.may(Permission.EDIT) else f"{path}/")


@blueprint.post("/desk/c/<slug>/preview/renew")
@requires(Permission.EDIT)
def renew_preview_link(context: DeskContext) -> ResponseReturnValue:
    """Form: make a new preview link; the old one ends."""
    drafts.renew_preview_key(runtime(), context.actor, context.campaign.id)
    path = f"/desk/c/{context.campaign.slug}/settings"
    return redirect_with_message(path, "There is a new preview link. The old one no longer works.")


@blueprint.get("/desk/c/<slug>/copy")
@requires(Permission.VIEW)
def confirm_copy(_: DeskContext) -> ResponseReturnValue:
    """Page that asks before a campaign is copied."""
    return render_page("copy.html")


@blueprint.get("/desk/c/<slug>/discard")
@requires(Permission.TAKE_DOWN)
def confirm_discard(context: DeskContext) -> ResponseReturnValue:
    """Page that asks before a draft is discarded."""
    if context.campaign.published or context.campaign.taken_down:
        return _no_draft(context)
    return render_page("discard.html")


@blueprint.post("/desk/c/<slug>/discard")
@requires(Permission.TAKE_DOWN)
def discard_draft(context: DeskContext) -> ResponseReturnValue:
    """Form: discard a draft."""
    if not drafts.discard_draft(runtime(), context.actor, context.campaign):
        return _no_draft(context)
    return redirect_with_message("/desk/", "The draft is discarded. You find it under the state “Discarded”.")


@blueprint.post("/desk/c/<slug>/copy")
@requires(Permission.VIEW)
def copy_campaign(context: DeskContext) -> ResponseReturnValue:
    """Form: copy a campaign as a new draft."""
    try:
        made = drafts.copy_campaign(runtime(), context.actor, context.campaign.id)
    except SlugTakenError:
        return redirect_with_message(f"/desk/c/{context.campaign.slug}/", "It could not be copied just now. Try again.", "warn")
    return redirect_with_message(f"/desk/c/{made.slug}/text", "This is the copy. Nobody sees it until you publish it.")


def _no_draft(context: DeskContext) -> ResponseReturnValue:
    return redirect_with_message(
        f"/desk/c/{context.campaign.slug}/", "Only a draft can be discarded. Take a campaign down instead.", "warn"
    )
