"""Error pages: each error in words, or as JSON where JSON was asked for. Never a trace, never what was typed."""

from dataclasses import dataclass

import structlog
from flask import Flask, Response, jsonify, make_response, render_template, request
from werkzeug.exceptions import HTTPException

from campaign.domain.common.i18n import N_
from campaign.rendering.bounded_process import ProcessFailedError
from campaign.runtime import RedisUnavailableError
from campaign.store.database.engine import StoreUnavailableError
from campaign.web.app_context import is_desk_request
from campaign.web.desk.resend import resend_form
from campaign.web.overload import retry_fields, try_again_later
from campaign.web.security_headers import allow_reading_elsewhere, drain_body, no_store
from campaign.web.single_flight import BusyError
from campaign.web.translation import gettext

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class ErrorMessage:
    """Message of an error: what it is called and what to do about it."""

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


_UNREADABLE = (400, 408, 413)
"""Answers to a form that could not be read."""


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
    @app.errorhandler(RedisUnavailableError)  # only the desk cannot do without it: it keeps there who is signed in
    def busy(_error: BusyError | RedisUnavailableError) -> Response:
        return try_again_later(_busy_page())

    @app.errorhandler(ProcessFailedError)
    def not_drawn(error: ProcessFailedError) -> Response:
        log.warning("A process that draws has failed", route=str(request.url_rule), cause=str(error))
        return try_again_later(_busy_page())

    @app.errorhandler(Exception)
    def broken(error: Exception) -> Response:
        # The route, not the path: a path can hold a token.
        log.error("A request failed", route=str(request.url_rule), exc_info=error)
        return error_page(500)


def error_page(status: int, message: ErrorMessage | None = None, *, proof: str = "", with_form: bool = True) -> Response:
    """An error as a page, or as JSON under an address that ends in .json.

    At the desk it holds what the form of the request had in it, unless `with_form` says otherwise, and leads to `proof`, the
    path of a page that asks for what is missing.
    """
    message = message or _MESSAGES.get(status) or ErrorMessage(N_("That did not work"), N_("Go back and try again."))
    said = ErrorMessage(gettext(message.title), gettext(message.advice))
    if request.path.endswith(".json"):
        response = jsonify(error=said.title, advice=said.advice)
        if not is_desk_request():
            allow_reading_elsewhere(response)
    else:
        response = make_response(_error_html(status, said, proof, with_form=with_form and status not in _UNREADABLE))
    response.status_code = status
    if status == 403:
        # The route, not the path: a path can hold a token.
        log.info("A request was refused", route=str(request.url_rule), method=request.method, cause=message.title)
    return no_store(response)


def _error_html(status: int, message: ErrorMessage, proof: str, *, with_form: bool) -> str:
    if not is_desk_request():
        retry = retry_fields() if status == 503 else None
        return render_template("errors/error.html", message=message, status=status, retry=retry)
    form = resend_form() if with_form else None
    return render_template("desk/error.html", message=message, status=status, proof=proof, form=form)


def log_unavailable(error: StoreUnavailableError) -> None:
    """Say in the log that a request found no database, and which class of error it was."""
    cause = error.__cause__
    state = getattr(getattr(cause, "orig", None), "sqlstate", None)
    log.warning("The database is unavailable", route=str(request.url_rule), cause=type(cause).__name__, sqlstate=state)


def _busy_page() -> Response:
    """What to do when the site cannot store anything now: a form that was sent can be sent again as it was."""
    response = error_page(503)
    if request.method == "POST":
        # The address may be a secret of its reader.
        response.headers["Referrer-Policy"] = "same-origin" if is_desk_request() else "no-referrer"
    return response
