"""Overload: nobody waits for long, and nothing that was typed is lost.

A request that has waited for a thread while the database fails is not sent to wait for the database too. A form that could not
be stored is shown again, with all that was in it and a button that sends it once more.
"""

from collections.abc import Sequence

from flask import Flask, Response, request

from campaign.store.database.engine import StoreUnavailableError
from campaign.web.app_context import is_desk_request, runtime
from campaign.web.security_headers import WAITED_KEY

RETRY_AFTER_SECONDS = 5
"""After which somebody turned away by an overload should try again."""
MAX_THREAD_WAIT_SECONDS = 1.0
"""Longest wait for a thread, where the database fails; with a lock or a connection it is three seconds in all."""
MAX_RETRY_FIELDS = 100
_SIGN_ENDPOINT = "sign.submit_signature"


def register_overload(app: Flask) -> None:
    """Turn requests away that have waited too long while the database fails."""

    @app.before_request
    def refuse_after_wait() -> None:
        # The sign form answers for itself: it knows how to show what was typed.
        if request.endpoint != _SIGN_ENDPOINT:
            require_patience()


def require_patience() -> None:
    """Raises StoreUnavailableError where this request has waited too long already, and the database fails."""
    if request.environ.get(WAITED_KEY, 0.0) > MAX_THREAD_WAIT_SECONDS and runtime().database.is_failing:
        raise StoreUnavailableError


def retry_fields() -> Sequence[tuple[str, str]] | None:
    """All that was in the form of a public page that could not be stored, to be sent once more; None where there is none. The
    desk has a way of its own (`campaign.web.desk.resend`)."""
    if request.method != "POST" or request.mimetype != "application/x-www-form-urlencoded" or is_desk_request():
        return None
    fields = [*request.form.items(multi=True)]
    return None if len(fields) > MAX_RETRY_FIELDS else fields


def try_again_later(response: Response) -> Response:
    """The response, with when to try again."""
    response.headers["Retry-After"] = str(RETRY_AFTER_SECONDS)
    return response
