"""Between two requests of a passkey: the question goes out as JSON, its name waits in a cookie, the answer comes in a form."""

from flask import Response, request

from campaign.services.accounts.auth.passkey_challenges import PasskeyChallenge
from campaign.store.redis.passkey_challenges import CHALLENGE_LIFETIME_SECONDS
from campaign.web.app_context import secure_cookies
from campaign.web.security_headers import no_store

_CHALLENGE_COOKIE = "cs_challenge"


def challenge_response(challenge: PasskeyChallenge) -> Response:
    """What the script of the page asks the browser, and the cookie that its answer needs."""
    response = Response(challenge.options_json, mimetype="application/json")
    response.set_cookie(
        _CHALLENGE_COOKIE,
        challenge.name,
        max_age=CHALLENGE_LIFETIME_SECONDS,
        path="/desk",
        secure=secure_cookies(),
        httponly=True,
        samesite="Strict",
    )
    return no_store(response)


def credential_from_form() -> tuple[str, str]:
    """The name of the question, and what the browser answered."""
    return request.cookies.get(_CHALLENGE_COOKIE, ""), request.form.get("credential", "")


def clear_challenge(response: Response) -> Response:
    """The question is used up."""
    response.delete_cookie(_CHALLENGE_COOKIE, path="/desk")
    return response
