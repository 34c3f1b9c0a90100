"""Challenge of a passkey between two requests: sent as JSON, named in a cookie, answered in a form."""

from flask import Response, request

from campaign.services.accounts.auth.passkey_challenges import PasskeyChallenge
from campaign.store.redis.passkey_challenges import CHALLENGE_LIFETIME_SECONDS
from campaign.web.cookies import delete_cookie, get_cookie, set_cookie
from campaign.web.security_headers import no_store

_CHALLENGE_COOKIE = "cs_challenge"


def challenge_response(challenge: PasskeyChallenge) -> Response:
    """Response with the challenge that the page's script hands to the browser, and the cookie that its answer needs."""
    response = Response(challenge.options_json, mimetype="application/json")
    set_cookie(
        response, _CHALLENGE_COOKIE, challenge.name, seconds=CHALLENGE_LIFETIME_SECONDS, path="/desk", same_site="Strict"
    )
    return no_store(response)


def credential_from_form() -> tuple[str, str]:
    """Name of the challenge, and the credential the browser answered with."""
    return get_cookie(_CHALLENGE_COOKIE), request.form.get("credential", "")


def clear_challenge(response: Response) -> Response:
    """Response that deletes the cookie of a challenge that was answered."""
    delete_cookie(response, _CHALLENGE_COOKIE, path="/desk")
    return response
