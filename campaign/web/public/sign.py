"""Answer to the sign form: stored, wrong somewhere, or not open. The same words for everybody, whatever is on file."""

from dataclasses import replace

from flask import Blueprint, Response, make_response, render_template, request

from campaign.domain.campaigns.campaign import Campaign
from campaign.domain.campaigns.window import CampaignState
from campaign.domain.common.email_address import read_email_address
from campaign.domain.common.networks import network_prefix
from campaign.domain.signatures.mail_domains import suggested_address
from campaign.domain.signatures.webmail import DEFAULT_WEBMAILS, webmail_for
from campaign.mail.message import VERIFY_SUBJECT
from campaign.services.mail import suppression
from campaign.services.signatures import sign
from campaign.services.signatures.sign import NotOpenError, TextChangedError
from campaign.store.database.engine import StoreUnavailableError
from campaign.web.app_context import runtime
from campaign.web.errors import log_unavailable
from campaign.web.language import use_campaign_language
from campaign.web.overload import require_patience, try_again_later
from campaign.web.public import attribution, cookies
from campaign.web.public.campaign_lookup import find_campaign_or_abort, reload_campaign_or_abort
from campaign.web.public.campaign_page import render_campaign_page
from campaign.web.public.campaign_view import campaign_view
from campaign.web.public.embed_token import has_embed_token, needs_embed_token, new_embed_token
from campaign.web.public.mail_delay_label import mail_delay_label
from campaign.web.public.proof_of_work import PROOF_FIELD, is_flooding, is_proved, may_wait
from campaign.web.public.sign_form import SignForm, read_sign_form, statement_was_shown
from campaign.web.redirection import see_other
from campaign.web.security_headers import allow_style, no_store
from campaign.web.translation import gettext

blueprint = Blueprint("sign", __name__)


@blueprint.post("/c/<slug>/signatures")
def submit_signature(slug: str) -> Response:
    """Store a signature and mail its link; or the form again with what is wrong, or that signing is not open."""
    campaign = find_campaign_or_abort(slug)
    here = use_campaign_language(campaign)
    if campaign.state(runtime().now()) is not CampaignState.OPEN:
        return _not_open_page(campaign)
    cookie = cookies.new_signed_cookie()
    form, submission = read_sign_form(
        request.form,
        campaign.form_fields,
        sign.browser_cookie_hash(cookie),
        attribution=attribution.attribution_from_form(request.form, _own_host()),
        language=here.content_code,
        supporters=campaign.appearance.supporters,
        network=network_prefix(request.remote_addr or ""),
        eligibility=campaign.eligibility,
    )
    if not statement_was_shown(request.form, campaign.eligibility, here.content_code):
        # What was not shown was not declared: the form comes back with it, and with all that was typed.
        form, submission = SignForm(form.values, {}, form.public, form.updates, text_changed=True), None
    if needs_embed_token() and not has_embed_token(campaign.slug):
        form, submission = replace(form, is_from_elsewhere=True), None
    waits = False
    if submission is not None and is_flooding(submission.network) and not is_proved():
        waits = may_wait()
        if not waits:
            form, submission = replace(form, needs_proof=True, proof_failed=bool(request.form.get(PROOF_FIELD))), None
    if submission is None:
        return _form_with_errors(campaign, form)
    # Whatever stands there is compared with texts; a NUL cannot be put to PostgreSQL, and is in the hash of none.
    text_hash = request.form.get("text", "").replace("\x00", "?") or campaign.in_language(here.content_code).text.hash
    try:
        require_patience()
        sign.sign_campaign(runtime(), campaign.id, text_hash, submission, waits=waits)
    except StoreUnavailableError as error:
        log_unavailable(error)
        return try_again_later(_form_with_errors(campaign, replace(form, not_stored=True), 503))
    except NotOpenError:
        # This process's memory may be half a second behind the store, whose word is what counts.
        return _not_open_page(_reload_campaign(slug))
    except TextChangedError:
        return _form_with_errors(
            _reload_campaign(slug), SignForm(form.values, {}, form.public, form.updates, form.declared, text_changed=True)
        )
    path = f"/c/{slug}/check-your-email"
    response = no_store(see_other(path))
    cookies.set_signed(response, campaign.id, cookie)
    if cookie:
        cookies.set_typed_address(response, runtime().tokens, submission.email, path)
    return response


@blueprint.get("/c/<slug>/signatures")
def show_signatures(slug: str) -> Response:
    """The way to the campaign, for those who reload or copy the address of a form with errors."""
    find_campaign_or_abort(slug)
    return no_store(see_other(f"/c/{slug}"))


@blueprint.get("/c/<slug>/check-your-email")
def show_check_your_email(slug: str) -> Response:
    """Which address to look at, as it was typed."""
    campaign = find_campaign_or_abort(slug)
    use_campaign_language(campaign)
    settings, address = runtime().settings, cookies.typed_address(runtime().tokens)
    sender = settings.sender.named_after(settings.mail_from_name, campaign.text.title, campaign.appearance.organiser)
    page = render_template(
        "campaign/check_email.html", campaign=campaign_view(campaign, runtime().now()), sender=sender.words, address=address,
        suggestion=suggested_address(address), subject=gettext(VERIFY_SUBJECT), webmailers=DEFAULT_WEBMAILS,
        webmail=webmail_for(address, sender.address) if address else None, asked="asked" in request.args,
        delay=mail_delay_label(address, network_prefix(request.remote_addr or "")),
    )  # fmt: skip
    return no_store(make_response(page))


@blueprint.post("/c/<slug>/check-your-email")
def request_mail_again(slug: str) -> Response:
    """Ask for a link by which somebody who told us never to write can take that back. The answer is the same for everybody."""
    campaign = find_campaign_or_abort(slug)
    # Only of the address typed in this browser within the hour.
    address = cookies.typed_address(runtime().tokens)
    if address:
        suppression.request_lift(runtime(), campaign.id, read_email_address(address).key)
    return no_store(see_other(f"/c/{slug}/check-your-email?asked=1"))


def _reload_campaign(slug: str) -> Campaign:
    campaign = reload_campaign_or_abort(slug)
    use_campaign_language(campaign)
    return campaign


def _form_with_errors(campaign: Campaign, form: SignForm, status: int = 422) -> Response:
    shown = campaign_view(campaign, runtime().now())
    came = attribution.attribution_from_form(request.form, _own_host())
    # Where a browser keeps its origin to itself, the form that comes back needs a token too.
    token = new_embed_token(campaign.slug) if needs_embed_token() else ""
    page = render_campaign_page(shown, form, runtime().tokens.absolute_url(shown.share_path), came, token)
    return allow_style(no_store(make_response(page, status)), shown.style)


def _not_open_page(campaign: Campaign) -> Response:
    page = render_template("campaign/not_open.html", campaign=campaign_view(campaign, runtime().now()))
    return no_store(make_response(page, 409))


def _own_host() -> str:
    return attribution.host_name(runtime().settings.base_url)
