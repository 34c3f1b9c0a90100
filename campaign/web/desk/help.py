"""Help: what the words of the desk mean, linked from the pages that use them."""

from flask.typing import ResponseReturnValue

from campaign.domain.accounts.role import Permission
from campaign.web.desk.access import DeskBlueprint, DeskContext, requires
from campaign.web.desk.glossary import GLOSSARY
from campaign.web.desk.template_context import render_page

blueprint = DeskBlueprint("help")


@blueprint.get("/desk/help")
@requires(Permission.OWN_ACCOUNT)
def show_help(_context: DeskContext) -> ResponseReturnValue:
    """Page of what the words of the desk mean."""
    return render_page("help.html", groups=GLOSSARY)
