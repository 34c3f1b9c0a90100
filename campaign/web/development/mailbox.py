"""The development mailbox: mails read in the browser where no MAIL_URL is set, on the loopback address only."""

from pathlib import Path

from flask import Blueprint, Response, abort, make_response, render_template

from campaign.mail.maildir import find_mail, newest_mails
from campaign.web.security_headers import no_store

MAX_MAILS_SHOWN = 50
"""Mails on the page."""


def development_mailbox(folder: Path) -> Blueprint:
    """`GET /dev/mailbox` and one page for each mail."""
    blueprint = Blueprint("mailbox", __name__)

    @blueprint.get("/dev/mailbox")
    def list_mails() -> Response:
        return no_store(make_response(render_template("development/mailbox.html", mails=newest_mails(folder, MAX_MAILS_SHOWN))))

    @blueprint.get("/dev/mailbox/<key>")
    def one_mail(key: str) -> Response:
        mail = find_mail(folder, key) or abort(404)
        response = make_response(render_template("development/mail.html", mail=mail))
        # The HTML part is shown below the text in a frame of its own.
        response.headers["Content-Security-Policy"] = (
            "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; font-src 'self'; frame-src 'self'; "
            "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
        )
        return no_store(response)

    @blueprint.get("/dev/mailbox/<key>/html")
    def html_part(key: str) -> Response:
        mail = find_mail(folder, key) or abort(404)
        response = Response(mail.body("html"), mimetype="text/html")
        response.headers["Content-Security-Policy"] = (
            "sandbox allow-top-navigation-by-user-activation; default-src 'none'; style-src 'unsafe-inline'; "
            "frame-ancestors 'self'"
        )
        response.headers["X-Frame-Options"] = "SAMEORIGIN"
        return no_store(response)

    return blueprint
