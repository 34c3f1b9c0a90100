"""Email address of an account: changed by a link that is mailed to the new one."""

from flask import request
from flask.typing import ResponseReturnValue

from campaign.domain.accounts.role import Permission
from campaign.domain.common.i18n import N_
from campaign.domain.common.invalid_input import InvalidInputError
from campaign.services.accounts import account
from campaign.services.accounts.account import AddressTakenError
from campaign.web.app_context import runtime
from campaign.web.desk.access import DeskBlueprint, DeskContext, requires
from campaign.web.desk.reauthentication import require_recent_authentication
from campaign.web.desk.request_values import echoed_fields
from campaign.web.desk.session import same_origin_referrer
from campaign.web.desk.template_context import redirect_with_message, render_page

_ADDRESS_PATH = "/desk/account/address"
_LINK_SENT = N_("If nobody else here has that address, a link is on its way to it. Open it in this browser.")

blueprint = DeskBlueprint("account_email")


@blueprint.get("/desk/account/address")
@requires(Permission.OWN_ACCOUNT)
def show_address_form(context: DeskContext) -> ResponseReturnValue:
    """Page with the form for another email address."""
    require_recent_authentication(context, _ADDRESS_PATH)
    return render_page("account_email.html", values={}, errors={})


@blueprint.post("/desk/account/address")
@requires(Permission.OWN_ACCOUNT)
def request_address_change(context: DeskContext) -> ResponseReturnValue:
    """Form: mail a link to the new address; the same answer whether or not it is taken."""
    require_recent_authentication(context, _ADDRESS_PATH)
    typed = request.form.get("email", "")
    try:
        account.request_address_change(runtime(), context.campaigner, typed)
    except InvalidInputError as refused:
        return render_page("account_email.html", 422, values=echoed_fields("email"), errors={"email": refused.sentence})
    return redirect_with_message("/desk/account", _LINK_SENT)


@blueprint.get("/desk/account/address/<token>")
@requires(Permission.OWN_ACCOUNT)
def show_address_change(context: DeskContext, token: str) -> ResponseReturnValue:
    """Page behind that link, with the button that changes the address."""
    return _confirm_change_page(context, token)


@blueprint.post("/desk/account/address/<token>")
@requires(Permission.OWN_ACCOUNT)
def confirm_address_change(context: DeskContext, token: str) -> ResponseReturnValue:
    """Form: change the address."""
    try:
        changed = account.confirm_address_change(runtime(), context.actor, context.campaigner, token)
    except AddressTakenError:
        return _confirm_change_page(context, token, taken=True)
    return (
        redirect_with_message("/desk/account", "Your address is changed.") if changed else _confirm_change_page(context, token)
    )


def _confirm_change_page(context: DeskContext, token: str, *, taken: bool = False) -> ResponseReturnValue:
    wanted = account.read_address_change(runtime(), context.campaigner, token)
    status = 410 if wanted is None else 409 if taken else 200
    return same_origin_referrer(render_page("account_email_confirm.html", status, wanted=wanted, token=token, taken=taken))
