"""Verification links: a page with one button, and what a press of it comes to. GET and HEAD change nothing, for anybody."""

from flask import Blueprint, Response, abort, make_response, redirect, render_template, request

from campaign import sharing, signing, switching
from campaign.domain.consent import UPDATES_WORDINGS
from campaign.links import NotOurs, VerifyLink
from campaign.runtime import Runtime
from campaign.signing import Verified
from campaign.web import cookies
from campaign.web.language import gettext, speak_to, to
from campaign.web.protection import secret
from campaign.web.public import find_or_abort
from campaign.web.share_links import share_links, with_via
from campaign.web.views import view
from campaign.web.words import brought_words, country, ordinal_words

_LARGEST_EDITION = 2**31 - 1


def verification_pages(runtime: Runtime, *, https: bool) -> Blueprint:
    """`GET` and `POST /v/<token>`, `POST /v/<token>/opened`, and `GET /c/<slug>/thanks`."""
    blueprint = Blueprint("verification", __name__)

    @blueprint.get("/v/<token>")
    def look_at_link(token: str) -> Response:
        return button_page(token, read_link(token), pressed=False)

    @blueprint.post("/v/<token>")
    def press(token: str) -> Response:
        link = read_link(token)
        pressed = signing.verify(runtime, link, _edition_shown())
        if pressed.outcome not in (Verified.NOW, Verified.BEFORE):
            return button_page(token, link, pressed=True)
        path = f"/c/{pressed.slug}/thanks"
        response = secret(make_response(redirect(to(path), 303)))
        cookies.set_thanks(response, runtime.links, link.own, path, https=https)
        return response

    @blueprint.post("/v/<token>/opened")
    def opened(token: str) -> Response:
        # Said by the page's script, not by fetching the page: scanners of mail fetch what is in it.
        link = read_link(token)
        if not switching.now(runtime).read_only:
            signing.opened(runtime, link)
        return secret(make_response("", 204))

    @blueprint.get("/c/<slug>/thanks")
    def thanks(slug: str) -> Response:
        standing = find_or_abort(runtime, slug)
        own = cookies.thanked(runtime.links)
        signature = None if own is None else signing.look_at(runtime, own)
        if signature is None or signature.campaign_id != standing.id:
            # Somebody followed a link to a page that belongs to another browser.
            return secret(make_response(redirect(to(f"/c/{slug}"), 303)))
        speak_to(signature.language, standing)
        shown = view(standing, runtime.now())
        via = sharing.share_code(runtime, signature)
        personal = with_via(runtime.links.url(shown.path), via)
        page = render_template(
            "campaign/thanks.html",
            campaign=shown,
            signature=signature,
            manage=f"/s/{runtime.links.manage_token(signature.id, signature.link_key)}",
            ordinal_words=ordinal_words(signature.ordinal) if signature.ordinal else "",
            personal_link=personal,
            via=via,
            shares=share_links(personal, shown.share_text, shown.text.title),
            brought_words=brought_words(sharing.brought(runtime, signature)),
        )
        return secret(make_response(page))

    def read_link(token: str) -> VerifyLink:
        try:
            return runtime.links.read_verify(token)
        except NotOurs:
            abort(404)

    def button_page(token: str, link: VerifyLink, *, pressed: bool) -> Response:
        if pressed:
            switching.forget(runtime)
        switches = switching.now(runtime)
        ready = signing.look_at_link(runtime, link, cookies.signed(), read_only=switches.read_only)
        if ready is not None:
            speak_to(ready.signature.language)
        if ready is None or ready.outcome is Verified.NO_LONGER:
            return secret(make_response(render_template("campaign/link_over.html", campaign=None), 410))
        standing = find_or_abort(runtime, ready.signature.slug)
        speak_to(ready.signature.language, standing)
        shown = view(standing, runtime.now())
        if ready.outcome is Verified.TOO_LATE:
            return secret(make_response(render_template("campaign/link_over.html", campaign=shown), 409))
        if ready.outcome is Verified.LATER:
            page = render_template("campaign/link_waits.html", campaign=shown, message=switches.message)
            return secret(make_response(page, 409))
        # Back here after a press: the details were corrected in the meantime, so they are shown and asked about again.
        page = render_template(
            "campaign/verify.html",
            campaign=shown,
            signature=ready.signature,
            token=token,
            changed=pressed,
            verified=ready.outcome is Verified.BEFORE,
            press=ready.press and not pressed,
            country=country(ready.signature.country),
            updates_wording=_wording(ready.signature.updates_wording),
        )
        return secret(make_response(page, 409 if pressed else 200))

    return blueprint


def _wording(agreed_to: str) -> str:
    words = UPDATES_WORDINGS.get(agreed_to)
    return gettext(words) if words else ""


def _edition_shown() -> int | None:
    """The edition the pressed page showed; None where the press comes without a page and means the one its mail spoke of."""
    shown = request.form.get("edition", type=int)
    return None if shown is None else max(0, min(shown, _LARGEST_EDITION))
