"""My signature: see it, change what may be done with it, download it, withdraw it. The link to it works for ever."""

import json
from datetime import datetime

from flask import Blueprint, Response, abort, make_response, redirect, render_template, request

from campaign import sharing, signing, switching
from campaign import standing as standings
from campaign.domain import wording
from campaign.domain.consent import UPDATES_WORDING, UPDATES_WORDINGS
from campaign.domain.messages import N_
from campaign.domain.signature import SignatureState
from campaign.domain.wording import utc
from campaign.links import NotOurs
from campaign.runtime import Runtime
from campaign.store.signatures import Signature
from campaign.web.errors import Words, error_page
from campaign.web.language import gettext, speak_to, to
from campaign.web.protection import secret
from campaign.web.share_links import share_links, with_via
from campaign.web.views import view
from campaign.web.words import brought_words, country, ordinal_words

FORGOTTEN = Words(
    N_("Nothing is kept any more"),
    N_("This signature was never confirmed before the campaign ended, so everything about it has been deleted."),
)

READ_ONLY = Words(
    N_("This cannot be changed right now"),
    N_("The operator of this site lets nothing be changed for a while. Withdrawing works as always. Please come back later."),
)


def my_signature_pages(runtime: Runtime) -> Blueprint:
    """`GET` and `POST /s/<token>`."""
    blueprint = Blueprint("my_signature", __name__)

    @blueprint.get("/s/<token>")
    def look(token: str) -> Response:
        signature = own_signature(token)
        standing = switching.as_shown(runtime, standings.find(runtime, signature.slug) or abort(404))
        here = speak_to(signature.language, standing)
        zone, shown = standing.zone, view(standing, runtime.now())
        via = sharing.share_code(runtime, signature)
        personal = with_via(runtime.links.url(shown.path), via)

        def moment(at: datetime | None) -> str:
            return wording.moment(at, zone, here.code) if at else ""

        page = render_template(
            "campaign/my_signature.html",
            campaign=shown,
            signature=signature,
            token=token,
            country=country(signature.country),
            saved="saved" in request.args,
            # Also for a campaign that was taken down: nobody loses the way out.
            taken_down=standing.taken_down,
            signed_words=moment(signature.signed_at),
            verified_words=moment(signature.verified_at),
            ended_words=moment(signature.ended_at),
            updates_wording=gettext(UPDATES_WORDINGS[UPDATES_WORDING]),
            ordinal_words=ordinal_words(signature.ordinal) if signature.ordinal else "",
            personal_link=personal,
            via=via,
            shares=share_links(personal, shown.share_text, shown.text.title),
            brought_words=_brought_words(signature),
        )
        return secret(make_response(page))

    @blueprint.post("/s/<token>")
    def act(token: str) -> Response:
        signature = own_signature(token)
        after = f"/s/{token}"
        match request.form.get("action"):
            case "download":
                return secret(_download(signature))
            case "withdraw":
                signing.withdraw(runtime, signature.id)
            case "consents" if switching.now(runtime).read_only:
                return secret(error_page(409, READ_ONLY))
            case "consents":
                public = "public" in request.form and shows_supporters(signature)
                updates = "updates" in request.form
                signing.change_consents(runtime, signature.id, public=public, updates=updates)
                after += "?saved=1"
            case _:
                abort(400)
        return secret(make_response(redirect(to(after), 303)))

    def _brought_words(signature: Signature) -> str:
        return brought_words(sharing.brought(runtime, signature)) if signature.state is SignatureState.VERIFIED else ""

    def shows_supporters(signature: Signature) -> bool:
        standing = standings.find(runtime, signature.slug)
        return standing is not None and standing.appearance.supporters != "no"

    def own_signature(token: str) -> Signature:
        try:
            own = runtime.links.read_manage(token)
        except NotOurs:
            abort(404)
        signature = signing.look_at(runtime, own)
        if signature is None:
            abort(secret(error_page(410, FORGOTTEN)))
        return signature

    return blueprint


def _download(signature: Signature) -> Response:
    """Everything kept about one signature, for its signatory."""
    data = {
        "campaign": signature.slug,
        "title": signature.title,
        "text_hash": signature.text_hash,
        "state": signature.state.value,
        "name": signature.name,
        "email": signature.email,
        "email_compared_as": signature.email_key,
        "country": signature.country,
        "postcode": signature.postcode,
        "comment": signature.comment,
        "public": signature.public,
        "updates": signature.updates,
        "updates_wording": UPDATES_WORDINGS.get(signature.updates_wording),
        "updates_at": signature.updates_at and utc(signature.updates_at),
        "source": signature.source,
        "kind": signature.kind,
        "brought_by": signature.brought_by,
        "language": signature.language,
        "ordinal": signature.ordinal,
        "browser_hash": signature.browser,
        "signed_at": utc(signature.signed_at),
        "submitted_at": utc(signature.submitted_at),
        "verified_at": signature.verified_at and utc(signature.verified_at),
        "ended_at": signature.ended_at and utc(signature.ended_at),
        "ended_reason": signature.ended_reason,
    }
    response = Response(json.dumps(data, ensure_ascii=False, indent=2) + "\n", mimetype="application/json")
    response.headers["Content-Disposition"] = f'attachment; filename="my-signature-{signature.slug}.json"'
    return response
