"""The development mailbox: mails read in the browser where no MAIL_URL is set, on the loopback address only."""

from pathlib import Path

from flask import Blueprint, Response, abort, make_response, render_template

from campaign.mail.maildir import find_mail, newest_mails
from campaign.web.app_context import runtime
from campaign.web.security_headers import no_store

MAX_MAILS_SHOWN = 50
"""Mails on the page."""


blueprint = Blueprint("mailbox", __name__)


@blueprint.get("/dev/mailbox")
def list_mails() -> Response:
    """The newest mails."""
    return no_store(make_response(render_template("development/mailbox.html", mails=newest_mails(_folder(), MAX_MAILS_SHOWN))))


@blueprint.get("/dev/mailbox/<key>")
def show_mail(key: str) -> Response:
    """One mail as it was sent."""
    mail = find_mail(_folder(), key) or abort(404)
    response = make_response(render_template("development/mail.html", mail=mail))
    # The HTML part is shown below the text in a frame of its own.
    response.headers["Content-Security-Policy"] = (
        "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; font-src 'self'; frame-src 'self'; "
        "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    )
    return no_store(response)


@blueprint.get("/dev/mailbox/<key>/html")
def show_html_part(key: str) -> Response:
    """Its HTML part, for a frame."""
    mail = find_mail(_folder(), key) or abort(404)
    response = Response(mail.body("html"), mimetype="text/html")
    response.headers["Content-Security-Policy"] = (
        "sandbox allow-top-navigation-by-user-activation; default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'self'"
    )
    response.headers["X-Frame-Options"] = "SAMEORIGIN"
    return no_store(response)


def _folder() -> Path:
    return runtime().settings.development_mailbox or abort(404)
