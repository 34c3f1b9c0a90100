"""Error pages: each error in words, or as JSON where JSON was asked for. Never a trace, never what was typed."""

from collections.abc import Sequence
from dataclasses import dataclass

import structlog
from flask import Flask, Response, jsonify, make_response, render_template, request
from werkzeug.exceptions import HTTPException

from campaign.domain.common.i18n import N_
from campaign.runtime import RedisUnavailableError
from campaign.store.database.engine import StoreUnavailableError
from campaign.web.language import gettext
from campaign.web.overload import retry_fields, try_again_later
from campaign.web.security_headers import drain_body, no_store
from campaign.web.single_flight import BusyError

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class ErrorMessage:
    """What an error is called and what to do about it."""

    title: str
    advice: str


_MESSAGES = {
    400: ErrorMessage(
        N_("That request could not be read"), N_("Something in it arrived broken. Go back, reload the page and try again.")
    ),
    404: ErrorMessage(
        N_("Page not found"), N_("Check the address. If it came from an email, copy the whole link, up to its last letter.")
    ),
    405: ErrorMessage(N_("That cannot be done here"), N_("Go back to the campaign and start from there.")),
    408: ErrorMessage(
        N_("That took too long to arrive"), N_("The connection was too slow. Nothing was stored. Go back and try again.")
    ),
    410: ErrorMessage(N_("No longer here"), N_("This page has been taken down.")),
    413: ErrorMessage(N_("That was too long"), N_("What was sent is larger than any form here. Shorten it and try again.")),
    500: ErrorMessage(N_("Something went wrong on our side"), N_("Nothing you sent was kept. Please try again in a moment.")),
    503: ErrorMessage(N_("Very busy right now"), N_("What you sent was not stored. Please try again in a few seconds.")),
}  # fmt: skip


def register_errors(app: Flask) -> None:
    """Turn errors into answers, in this one place."""

    @app.errorhandler(HTTPException)
    def refused(error: HTTPException) -> Response:
        if error.response is not None:
            return error.response  # type: ignore[return-value]
        if error.code == 413:
            drain_body()
        return error_page(error.code or 500)

    @app.errorhandler(StoreUnavailableError)
    def without_store(error: StoreUnavailableError) -> Response:
        log_unavailable(error)
        return try_again_later(_busy_page())

    @app.errorhandler(BusyError)
    def busy(_error: BusyError) -> Response:
        return try_again_later(_busy_page())

    @app.errorhandler(RedisUnavailableError)
    def forgetful(_: RedisUnavailableError) -> Response:
        # Only the desk cannot do without it: it keeps there who is signed in.
        return try_again_later(_busy_page())

    @app.errorhandler(Exception)
    def broken(error: Exception) -> Response:
        # The route, not the path: a path can hold a token.
        log.error("A request failed", route=str(request.url_rule), exc_info=error)
        return error_page(500)


def error_page(status: int, message: ErrorMessage | None = None, *, retry: Sequence[tuple[str, str]] | None = None) -> Response:
    """An error as a page, or as JSON under an address that ends in .json. With the fields `retry` it has a button that sends
    them again."""
    message = message or _MESSAGES.get(status) or ErrorMessage(N_("That did not work"), N_("Go back and try again."))
    said = ErrorMessage(gettext(message.title), gettext(message.advice))
    if request.path.endswith(".json"):
        response = jsonify(error=said.title, advice=said.advice)
    else:
        folder = "desk" if request.path.startswith("/desk") else "errors"
        response = make_response(render_template(f"{folder}/error.html", message=said, status=status, retry=retry))
    response.status_code = status
    return no_store(response)


def log_unavailable(error: StoreUnavailableError) -> None:
    """Say in the log that a request found no database, and which class of error it was."""
    cause = error.__cause__
    state = getattr(getattr(cause, "orig", None), "sqlstate", None)
    log.warning("The database is unavailable", route=str(request.url_rule), cause=type(cause).__name__, sqlstate=state)


def _busy_page() -> Response:
    """What to do when the site cannot store anything now: a form that was sent can be sent again as it was."""
    fields = retry_fields()
    response = error_page(503, retry=fields)
    if fields is not None:
        # The address may be a secret of its reader.
        response.headers["Referrer-Policy"] = "no-referrer"
    return response
