"""A campaign's page as it will look, for its team; the link that shows it to others; and copies of it."""

from flask.typing import ResponseReturnValue

from campaign.domain.accounts.role import Permission
from campaign.runtime import Runtime
from campaign.services.campaigns import drafts
from campaign.services.campaigns.drafts import SlugTakenError
from campaign.web.desk.access import AccessControl, DeskBlueprint, DeskContext
from campaign.web.desk.template_context import redirect_with_message
from campaign.web.public.preview import preview_page


def preview_room(runtime: Runtime, gate: AccessControl) -> DeskBlueprint:
    """`/desk/c/<slug>/preview` and `/desk/c/<slug>/copy`."""
    room = gate.blueprint("preview")

    @room.protected_route("/c/<slug>/preview", Permission.VIEW, "GET")
    def show_preview(context: DeskContext) -> ResponseReturnValue:
        path = f"/desk/c/{context.campaign.slug}"
        return preview_page(
            runtime, context.campaign, path, desk_path=f"{path}/text" if context.may(Permission.EDIT) else f"{path}/"
        )

    @room.protected_route("/c/<slug>/preview/renew", Permission.EDIT, "POST")
    def renew_preview_link(context: DeskContext) -> ResponseReturnValue:
        drafts.renew_preview_key(runtime, context.actor, context.campaign.id)
        path = f"/desk/c/{context.campaign.slug}/settings"
        return redirect_with_message(runtime.tokens, path, "There is a new preview link. The old one no longer works.")

    @room.protected_route("/c/<slug>/copy", Permission.VIEW, "POST")
    def copy_campaign(context: DeskContext) -> ResponseReturnValue:
        try:
            made = drafts.copy_campaign(runtime, context.actor, context.campaign.id)
        except SlugTakenError:
            return redirect_with_message(
                runtime.tokens, f"/desk/c/{context.campaign.slug}/", "It could not be copied just now. Try again.", "warn"
            )
        return redirect_with_message(
            runtime.tokens, f"/desk/c/{made.slug}/text", "This is the copy. Nobody sees it until you publish it."
        )

    return room
