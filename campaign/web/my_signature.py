"""My signature: see it, change what may be done with it, download it, withdraw it. The link to it works for ever."""

import json

from flask import Blueprint, Response, abort, make_response, redirect, render_template, request

from campaign import signing
from campaign import standing as standings
from campaign.domain import wording
from campaign.domain.consent import UPDATES_WORDING, UPDATES_WORDINGS
from campaign.domain.countries import COUNTRIES
from campaign.domain.wording import utc
from campaign.links import NotOurs
from campaign.runtime import Runtime
from campaign.store.signatures import Signature
from campaign.web.errors import Words, error_page
from campaign.web.protection import secret
from campaign.web.views import view

FORGOTTEN = Words(
    "Nothing is kept any more",
    "This signature was never confirmed before the campaign ended, so everything about it has been deleted.",
)


def my_signature_pages(runtime: Runtime) -> Blueprint:
    """`GET` and `POST /s/<token>`."""
    blueprint = Blueprint("my_signature", __name__)

    @blueprint.get("/s/<token>")
    def look(token: str) -> Response:
        signature = own_signature(token)
        standing = standings.find(runtime, signature.slug) or abort(404)
        zone = standing.zone
        page = render_template(
            "campaign/my_signature.html",
            campaign=view(standing, runtime.now()),
            signature=signature,
            token=token,
            country=COUNTRIES.get(signature.country, ""),
            saved="saved" in request.args,
            # Also for a campaign that was taken down: nobody loses the way out.
            taken_down=standing.taken_down,
            signed_words=wording.moment(signature.signed_at, zone),
            verified_words=signature.verified_at and wording.moment(signature.verified_at, zone),
            ended_words=signature.ended_at and wording.moment(signature.ended_at, zone),
            updates_wording=UPDATES_WORDINGS[UPDATES_WORDING],
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
            case "consents":
                public, updates = "public" in request.form, "updates" in request.form
                signing.change_consents(runtime, signature.id, public=public, updates=updates)
                after += "?saved=1"
            case _:
                abort(400)
        return secret(make_response(redirect(after, 303)))

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
