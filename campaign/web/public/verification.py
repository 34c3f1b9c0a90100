"""Verification links: a page with one button, and what a press of it comes to. GET and HEAD change nothing, for anybody."""

from dataclasses import replace

from flask import Blueprint, Response, abort, jsonify, make_response, render_template

from campaign.domain.campaigns.campaign import Campaign
from campaign.domain.signatures.consent import UPDATES_WORDINGS
from campaign.domain.signatures.signature import SignatureState
from campaign.security.tokens import InvalidTokenError, VerificationRef
from campaign.services.signatures import sharing, sign
from campaign.services.signatures.sign import VerifyOutcome
from campaign.store.signatures.signatures import Signature
from campaign.web import localised
from campaign.web.app_context import runtime
from campaign.web.cache import Region, process_cache
from campaign.web.language import use_signatory_language
from campaign.web.public import cookies
from campaign.web.public.campaign_lookup import find_campaign_or_abort
from campaign.web.public.campaign_view import campaign_view
from campaign.web.public.labels import friends_label, ordinal_label
from campaign.web.public.my_signature import choices_context
from campaign.web.public.share_links import share_links, with_via
from campaign.web.redirection import see_other
from campaign.web.security_headers import no_store_no_referrer
from campaign.web.site_switches import current_switches, expire_switches
from campaign.web.translation import gettext

_FRIENDS: Region[int] = Region("friends", max_entries=2_000, seconds=5)
"""How many came by the link of each, by signature."""

blueprint = Blueprint("verification", __name__)


@blueprint.get("/v/<token>")
def show_verification(token: str) -> Response:
    """The page with the button that confirms."""
    return _confirm_button_page(token, _link_or_404(token), pressed=False)


@blueprint.post("/v/<token>")
def submit_verification(token: str) -> Response:
    """Verify the signature."""
    link = _link_or_404(token)
    pressed = sign.verify_signature(runtime(), link)
    if pressed.outcome not in (VerifyOutcome.NOW, VerifyOutcome.ALREADY_VERIFIED):
        return _confirm_button_page(token, link, pressed=True)
    path = f"/c/{pressed.slug}/thanks"
    response = no_store_no_referrer(see_other(path))
    cookies.set_thanks(response, runtime().tokens, link.signature_ref, path)
    return response


@blueprint.post("/v/<token>/opened")
def mark_opened(token: str) -> Response:
    """Note that somebody has had the page before them."""
    # Said by the page's script, not by fetching the page: scanners of mail fetch what is in it.
    link = _link_or_404(token)
    if not current_switches().read_only:
        sign.record_link_opened(runtime(), link)
    return no_store_no_referrer(make_response("", 204))


@blueprint.get("/c/<slug>/thanks")
def show_thanks(slug: str) -> Response:
    """The thank-you page of the browser that has just verified."""
    campaign = find_campaign_or_abort(slug)
    signature = _thanked_signature(campaign)
    if signature is None:
        # Somebody followed a link to a page that belongs to another browser.
        return no_store_no_referrer(see_other(f"/c/{slug}"))
    use_signatory_language(signature.language, campaign)
    shown = campaign_view(campaign, runtime().now())
    via, friends = sharing.share_code(runtime(), signature), sharing.count_referrals(runtime(), signature)
    personal = with_via(runtime().tokens.absolute_url(shown.share_path), via)
    page = render_template(
        "campaign/thanks.html",
        campaign=shown,
        signature=signature,
        token=runtime().tokens.manage_token(signature.id, signature.link_key),
        ordinal_label=ordinal_label(signature.counted_ordinal) if signature.counted_ordinal else "",
        personal_link=personal,
        via=via,
        shares=share_links(personal, shown.share_text, shown.text.title),
        friends=friends,
        friends_label=friends_label(friends),
        **choices_context(signature, campaign),
    )
    return no_store_no_referrer(make_response(page))


@blueprint.get("/c/<slug>/thanks/friends.json")
def show_friends(slug: str) -> Response:
    """JSON: how many signatures came by the link of who has just verified, for the page of that browser and nobody else."""
    campaign = find_campaign_or_abort(slug)
    signature = _thanked_signature(campaign) or abort(404)
    use_signatory_language(signature.language, campaign)
    # As it was a few seconds ago: many ask again and again, and few have news.
    friends = process_cache().get(_FRIENDS, signature.id, lambda: sharing.count_referrals(runtime(), signature))
    return no_store_no_referrer(jsonify({"friends": friends, "label": friends_label(friends)}))


def _thanked_signature(campaign: Campaign) -> Signature | None:
    """The signature of this campaign that this browser has just verified; None where it has verified none."""
    own = cookies.thanks_token(runtime().tokens)
    signature = None if own is None else sign.get_own_signature(runtime(), own)
    if signature is None or signature.campaign_id != campaign.id:
        return None
    # These answers are the same for everybody who presses the button; their own page says what a standing rule made of it.
    return replace(signature, state=SignatureState.VERIFIED) if signature.is_caught_by_rule else signature


def _link_or_404(token: str) -> VerificationRef:
    try:
        return runtime().tokens.read_verify(token)
    except InvalidTokenError:
        abort(404)


def _confirm_button_page(token: str, link: VerificationRef, *, pressed: bool) -> Response:
    if pressed:
        expire_switches()
    switches = current_switches()
    ready = sign.preview_verification(runtime(), link, cookies.signed_cookies(), read_only=switches.read_only)
    if ready is not None:
        use_signatory_language(ready.signature.language)
    if ready is None or ready.outcome is VerifyOutcome.LINK_VOID:
        return no_store_no_referrer(make_response(render_template("campaign/link_expired.html", campaign=None), 410))
    campaign = find_campaign_or_abort(ready.signature.slug)
    use_signatory_language(ready.signature.language, campaign)
    shown = campaign_view(campaign, runtime().now())
    if ready.outcome is VerifyOutcome.TOO_LATE:
        return no_store_no_referrer(make_response(render_template("campaign/link_expired.html", campaign=shown), 409))
    if ready.outcome is VerifyOutcome.READ_ONLY:
        page = render_template("campaign/link_deferred.html", campaign=shown, message=switches.message)
        return no_store_no_referrer(make_response(page, 409))
    page = render_template(
        "campaign/verify.html",
        campaign=shown,
        signature=ready.signature,
        token=token,
        verified=ready.outcome is VerifyOutcome.ALREADY_VERIFIED,
        press=ready.auto_confirm and not pressed,
        country=localised.country_name(ready.signature.country),
        declared_words=sign.declared_words(runtime(), ready.signature),
        updates_wording=_consent_wording(ready.signature.updates_wording),
    )
    return no_store_no_referrer(make_response(page, 409 if pressed else 200))


def _consent_wording(agreed_to: str) -> str:
    words = UPDATES_WORDINGS.get(agreed_to)
    return gettext(words) if words else ""
