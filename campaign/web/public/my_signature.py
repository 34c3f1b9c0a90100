"""My signature: see it, change what may be done with it, download it, withdraw it. The link to it works for ever."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from flask import Blueprint, Response, abort, make_response, render_template, request

from campaign.domain.campaigns.campaign import Campaign
from campaign.domain.campaigns.eligibility import declaration_of
from campaign.domain.campaigns.window import CampaignState
from campaign.domain.common.i18n import N_
from campaign.domain.common.invalid_input import InvalidInputError
from campaign.domain.signatures.consent import CURRENT_UPDATES_WORDING, UPDATES_WORDINGS
from campaign.domain.signatures.names import read_comment
from campaign.domain.signatures.signature import SignatureState
from campaign.security.tokens import InvalidTokenError
from campaign.services.log.receipts import MissingReceipt, ReceiptUnavailableError, make_receipt
from campaign.services.mail import my_signatures, suppression
from campaign.services.signatures import erase, name_correction, sharing, sign
from campaign.store.signatures.signatures import Signature
from campaign.web import localised
from campaign.web.app_context import runtime
from campaign.web.errors import ErrorMessage, error_page
from campaign.web.language import use_signatory_language
from campaign.web.public.campaign_lookup import find_published
from campaign.web.public.campaign_view import campaign_view
from campaign.web.public.data_download import data_download
from campaign.web.public.labels import ordinal_label, referrals_label
from campaign.web.public.share_links import share_links, with_via
from campaign.web.public.sign_form import MAX_ECHOED_CHARACTERS
from campaign.web.redirection import see_other
from campaign.web.security_headers import no_store_no_referrer
from campaign.web.site_switches import current_switches, with_site_pause
from campaign.web.translation import gettext, refusal_message

DELETED_MESSAGE = ErrorMessage(
    N_("Nothing is kept any more"),
    N_("This signature was never confirmed before the campaign ended, so everything about it has been deleted."),
)

ERASED_MESSAGE = ErrorMessage(
    N_("Nothing is kept any more"),
    N_(
        "Everything personal in this signature was destroyed: as you asked, or because its time was over. Nobody can tell any "
        "more whose it was, and this link opens nothing."
    ),
)

READ_ONLY_MESSAGE = ErrorMessage(
    N_("This cannot be changed right now"),
    N_("The people who run this site have paused all changes for a while. You can still withdraw. Please come back later."),
)

MISSING_RECEIPT_MESSAGES = {
    MissingReceipt.COMING: ErrorMessage(
        N_("Your receipt is not ready yet"),
        N_("Your signature is being added to the public log. That takes a few seconds. Please try again in a moment."),
    ),
    MissingReceipt.HELD: ErrorMessage(
        N_("Your signature is being checked"),
        N_(
            "You confirmed your signature, and the campaign’s team is checking it before it is counted. That takes a day at "
            "most. Your receipt is here once your signature counts."
        ),
    ),
    MissingReceipt.NOT_COUNTED: ErrorMessage(
        N_("There is no receipt"),
        N_("A receipt proves that a signature is in the count as it is now, and this one isn’t, or was changed meanwhile."),
    ),
}
_RECEIPT_NOTE = N_(
    "This is the receipt of your signature. It proves that your signature is in the public count.\n"
    "Keep it for yourself: it holds your name, address and postcode.\n"
    "To check it without asking us: countersign verify-receipt FILE\n"
    "Where to find the log, and what this cannot prove: %(address)s"
)


blueprint = Blueprint("my_signature", __name__)


@dataclass(frozen=True, slots=True)
class RefusedField:
    """Field of the page whose new value was refused."""

    name: Literal["comment", "name"]
    typed: str
    reason: InvalidInputError


@blueprint.get("/s/<token>")
def show_my_signature(token: str) -> Response:
    """A signature as its signatory sees it."""
    return _my_signature_page(token, _signature_or_abort(token))


def _my_signature_page(token: str, signature: Signature, refused: RefusedField | None = None) -> Response:
    campaign = with_site_pause(find_published(signature.slug) or abort(404))
    use_signatory_language(signature.language, campaign)
    zone, shown = campaign.zone, campaign_view(campaign, runtime().now())
    via = sharing.share_code(runtime(), signature)
    personal = with_via(runtime().tokens.absolute_url(shown.share_path), via)

    def moment(at: datetime | None) -> str:
        return localised.moment(at, zone) if at else ""

    page = render_template(
        "campaign/my_signature.html",
        campaign=shown,
        signature=signature,
        token=token,
        country=localised.country_name(signature.country),
        **choices_context(signature, campaign, refused) | {"takes_declaration": _takes_declaration(campaign, runtime().now())},
        takes_name=_takes_name(signature, campaign, runtime().now()),
        is_name_corrected="corrected" in request.args,
        name_value=_value("name", signature.name, refused),
        name_error=_error("name", refused),
        declared_words=sign.declared_words(runtime(), signature),
        # Also for a campaign that was taken down: nobody loses the way out.
        taken_down=campaign.taken_down,
        signed_label=moment(signature.signed_at),
        verified_label=moment(signature.verified_at),
        ended_label=moment(signature.ended_at),
        erasure_label=moment(signature.erasure_requested_at),
        ordinal_label=ordinal_label(signature.counted_ordinal) if signature.counted_ordinal else "",
        personal_link=personal,
        via=via,
        shares=share_links(personal, shown.share_text, shown.text.title),
        referrals_label=_referrals_label(signature),
        is_list_asked_for="listed" in request.args,
        is_suppressed=suppression.is_own_mailbox_suppressed(runtime(), signature),
    )
    return no_store_no_referrer(make_response(page, 422 if refused else 200))


@blueprint.get("/s/<token>/receipt")
def download_receipt(token: str) -> Response:
    """The receipt of a signature: a text file that proves that it is in the count."""
    signature = _signature_or_abort(token)
    use_signatory_language(signature.language, find_published(signature.slug) or abort(404))
    address = runtime().tokens.absolute_url(f"/c/{signature.slug}/how-we-count")
    try:
        receipt = make_receipt(runtime(), signature, gettext(_RECEIPT_NOTE, address=address))
    except ReceiptUnavailableError as unavailable:
        return no_store_no_referrer(error_page(409, MISSING_RECEIPT_MESSAGES[unavailable.reason]))
    response = Response(receipt.serialise(), content_type="text/plain; charset=utf-8")
    response.headers["Content-Disposition"] = f'attachment; filename="receipt-{signature.slug}.txt"'
    return no_store_no_referrer(response)


@blueprint.post("/s/<token>")
def change_my_signature(token: str) -> Response:
    """Withdraw, change what may be done with it, or download it."""
    signature = _signature_or_abort(token)
    after = f"/s/{token}"
    match request.form.get("action"):
        case "download":
            return no_store_no_referrer(data_download(signature))
        case "withdraw":
            sign.withdraw_signature(runtime(), signature.id)
        case "erase":
            erase.erase_own_signature(runtime(), signature)
        case "anonymise":
            erase.anonymise_own_signature(runtime(), signature)
        case "list":
            my_signatures.request_list(runtime(), signature)
            after = f"/s/{token}?listed=1#list-title"
        case "never-write":
            suppression.suppress_own_mailbox(runtime(), signature)
        case "write-again":
            suppression.lift_own_suppression(runtime(), signature)
        case "consents" | "name" if current_switches().read_only:
            return no_store_no_referrer(error_page(409, READ_ONLY_MESSAGE))
        case "name":
            return _save_name(token, signature)
        case "consents":
            return _save_choices(token, signature)
        case _:
            abort(400)
    return no_store_no_referrer(see_other(after))


def _referrals_label(signature: Signature) -> str:
    return referrals_label(sharing.count_referrals(runtime(), signature)) if signature.state is SignatureState.VERIFIED else ""


def _save_name(token: str, signature: Signature) -> Response:
    """Correct the spelling of the name. Where that can no longer be done the page says so by having no form for it."""
    typed = request.form.get("name", "")
    try:
        is_corrected = name_correction.correct_name(runtime(), signature, typed)
    except InvalidInputError as refused:
        return _my_signature_page(token, signature, RefusedField("name", typed, refused))
    after = f"/s/{token}?corrected=1#details-title" if is_corrected else f"/s/{token}"
    return no_store_no_referrer(see_other(after))


def _save_choices(token: str, signature: Signature) -> Response:
    """Save whether the name is shown, whether updates are wanted, and the comment where the form had one."""
    campaign = find_published(signature.slug)
    comment = None
    if campaign is not None and "comment" in request.form and _takes_comment(signature, campaign, runtime().now()):
        typed = request.form["comment"]
        try:
            comment = read_comment(typed)
            if not comment and campaign.form_fields.comment == "required":
                raise InvalidInputError("Write a comment.")
        except InvalidInputError as refused:
            return _my_signature_page(token, signature, RefusedField("comment", typed, refused))
    declaration = None
    if campaign is not None and "statement" in request.form and _takes_declaration(campaign, runtime().now()):
        asked = campaign.eligibility.in_language(use_signatory_language(signature.language, campaign).content_code)
        # The page may have been open since before the words were changed: what was not read is not declared.
        if asked is not None and request.form["statement"] == str(asked.number):
            declaration = declaration_of(asked, is_ticked="declared" in request.form)
    sign.change_consents(
        runtime(),
        signature.id,
        declaration=declaration,
        public="public" in request.form and campaign is not None and campaign.appearance.supporters != "no",
        updates="updates" in request.form,
        comment=comment,
    )
    # From the thank-you page back to it, which knows its reader by a cookie of its own.
    after = f"/c/{signature.slug}/thanks?saved=1#choices" if request.form.get("from") == "thanks" else f"/s/{token}?saved=1"
    return no_store_no_referrer(see_other(after))


def choices_context(signature: Signature, campaign: Campaign, refused: RefusedField | None = None) -> dict[str, object]:
    """Template context of the form with a signatory's choices, which stands on this page and on the thank-you page."""
    return {
        "saved": "saved" in request.args,
        "takes_comment": _takes_comment(signature, campaign, runtime().now()),
        "comment": _value("comment", signature.comment, refused),
        "comment_error": _error("comment", refused),
        "updates_wording": gettext(UPDATES_WORDINGS[CURRENT_UPDATES_WORDING]),
        "takes_declaration": False,
    }


def _value(field: str, kept: str, refused: RefusedField | None) -> str:
    """What stands in a field: what was typed where it was refused, else what is kept."""
    return refused.typed[:MAX_ECHOED_CHARACTERS] if refused and refused.name == field else kept


def _error(field: str, refused: RefusedField | None) -> str:
    return refusal_message(refused.reason) if refused and refused.name == field else ""


def _takes_declaration(campaign: Campaign, now: datetime) -> bool:
    """Whether a signatory may still correct what they declared: not once the total is final."""
    return campaign.eligibility.is_asked and campaign.state(now) is not CampaignState.FINAL


def _takes_name(signature: Signature, campaign: Campaign, now: datetime) -> bool:
    """Whether a signatory may still correct the spelling of their name: not once the total is final."""
    return (
        signature.state is SignatureState.VERIFIED
        and signature.erasure_requested_at is None
        and campaign.state(now) is not CampaignState.FINAL
    )


def _takes_comment(signature: Signature, campaign: Campaign, now: datetime) -> bool:
    """Whether a signatory may still say why: never what was hidden anew, and not once the total is final."""
    return (
        campaign.form_fields.comment != "no" and not signature.comment_hidden and campaign.state(now) is not CampaignState.FINAL
    )


def _signature_or_abort(token: str) -> Signature:
    try:
        own = runtime().tokens.read_manage(token)
    except InvalidTokenError:
        abort(404)
    signature = sign.get_own_signature(runtime(), own)
    if signature is None:
        message = ERASED_MESSAGE if erase.was_erased(runtime(), own) else DELETED_MESSAGE
        abort(no_store_no_referrer(error_page(410, message)))
    return signature
