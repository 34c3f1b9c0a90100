"""Complaint about what a campaign does with personal data: its form, and that it was taken. Also for who never signed."""

from collections.abc import Callable

from flask import Blueprint, Response, make_response, render_template, request

from campaign.domain.campaigns.campaign import Campaign
from campaign.domain.common.email_address import EmailAddress, read_email_address
from campaign.domain.common.i18n import N_
from campaign.domain.common.invalid_input import InvalidInputError
from campaign.domain.common.networks import network_prefix
from campaign.domain.privacy.complaint import ANSWER_WITHIN, CLOSED_COMPLAINT_RETENTION_DAYS
from campaign.domain.privacy.complaint_text import read_complaint_text
from campaign.domain.signatures.names import read_name
from campaign.services.privacy.complaints import (
    PER_NETWORK_SECONDS,
    ComplaintForm,
    TooManyComplaintsError,
    make_complaint,
)
from campaign.web import localised
from campaign.web.app_context import runtime
from campaign.web.compressed_page import PAGE_CACHE_SECONDS, cached_page, page_region, page_response
from campaign.web.errors import ErrorMessage, error_page
from campaign.web.language import use_campaign_language
from campaign.web.public.campaign_lookup import find_campaign_or_abort
from campaign.web.public.campaign_view import campaign_view
from campaign.web.public.sign_form import SignForm
from campaign.web.redirection import see_other
from campaign.web.security_headers import no_store
from campaign.web.site_switches import current_switches
from campaign.web.translation import gettext, refusal_message

MAX_AGE_SECONDS = 60
"""How long a proxy or browser may keep the empty form."""
MAX_ECHOED_CHARACTERS = 10_000
"""Characters of each field shown again after an error: more than any field takes."""
FIELDS = ("name", "email", "complaint")
_PAGES = page_region("complaint forms", 100, PAGE_CACHE_SECONDS)
_TOO_MANY = N_(
    "Many complaints came in just now, so yours was not stored. Nothing you typed is lost: please send it again in an hour."
)
_READ_ONLY = ErrorMessage(
    N_("This cannot be changed right now"),
    N_("The people who run this site are taking in nothing new for a while. Go back, keep what you typed, and send it later."),
)

blueprint = Blueprint("complaint", __name__)


@blueprint.get("/c/<slug>/complaint")
def show_complaint_form(slug: str) -> Response:
    """The form, or that what was sent has arrived."""
    campaign = find_campaign_or_abort(slug, also_taken_down=True)
    key = (campaign.slug, use_campaign_language(campaign), campaign.revision, received := "received" in request.args)
    page = cached_page(_PAGES, key, lambda: _render(campaign, SignForm(), received=received))
    return page_response(page, max_age_seconds=MAX_AGE_SECONDS)


@blueprint.post("/c/<slug>/complaint")
def submit_complaint(slug: str) -> Response:
    """Take a complaint; or the form again with what is wrong. The same words for everybody, on file or not."""
    campaign = find_campaign_or_abort(slug, also_taken_down=True)
    here = use_campaign_language(campaign)
    if current_switches().read_only:
        return no_store(error_page(409, _READ_ONLY))
    errors: dict[str, str] = {}

    def read(field: str, reader: Callable[[str], str]) -> str:
        try:
            return reader(request.form.get(field, ""))
        except InvalidInputError as refused:
            errors[field] = refusal_message(refused)
            return ""

    name, text = read("name", read_name), read("complaint", read_complaint_text)
    address: EmailAddress | None = None
    try:
        address = read_email_address(request.form.get("email", ""))
    except InvalidInputError as refused:
        errors["email"] = refusal_message(refused)
    if errors or address is None:
        return _form_again(campaign, errors, 422)
    network = network_prefix(request.remote_addr or "")
    try:
        make_complaint(runtime(), campaign.id, ComplaintForm(name, address, text, here.code, network))
    except TooManyComplaintsError:
        response = _form_again(campaign, {"form": gettext(_TOO_MANY)}, 429)
        response.headers["Retry-After"] = str(PER_NETWORK_SECONDS)
        return response
    return no_store(see_other(f"/c/{campaign.slug}/complaint?received=1"))


def _form_again(campaign: Campaign, errors: dict[str, str], status: int) -> Response:
    values = {name: request.form.get(name, "")[:MAX_ECHOED_CHARACTERS] for name in FIELDS}
    ordered = {name: errors[name] for name in (*FIELDS, "form") if name in errors}
    return no_store(make_response(_render(campaign, SignForm(values, ordered)), status))


def _render(campaign: Campaign, form: SignForm, *, received: bool = False) -> str:
    return render_template(
        "campaign/complaint.html", campaign=campaign_view(campaign, runtime().now()), form=form, received=received,
        taken_down=campaign.taken_down, answer_within=localised.duration(int(ANSWER_WITHIN.total_seconds())),
        kept=localised.duration(CLOSED_COMPLAINT_RETENTION_DAYS * 86_400),
    )  # fmt: skip
