"""Preview of a campaign's page for its team, the preview link, and copies of the campaign."""

from flask.typing import ResponseReturnValue

from campaign.domain.accounts.role import Permission
from campaign.services.campaigns import drafts
from campaign.services.campaigns.drafts import SlugTakenError
from campaign.web.app_context import runtime
from campaign.web.desk.access import DeskBlueprint, DeskContext, requires
from campaign.web.desk.template_context import redirect_with_message
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


@blueprint.post("/desk/c/<slug>/copy")
@requires(Permission.VIEW)
def copy_campaign(context: DeskContext) -> ResponseReturnValue:
    """Form: copy a campaign as a new draft."""
    try:
        made = drafts.copy_campaign(runtime(), context.actor, context.campaign.id)
    except SlugTakenError:
        return redirect_with_message(f"/desk/c/{context.campaign.slug}/", "It could not be copied just now. Try again.", "warn")
    return redirect_with_message(f"/desk/c/{made.slug}/text", "This is the copy. Nobody sees it until you publish it.")
