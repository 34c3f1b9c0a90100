"""The sign form's answer: stored, wrong somewhere, or not open. The same words whoever asks and whatever is on file."""

from flask import Blueprint, Response, make_response, redirect, render_template, request

from campaign import signing
from campaign.domain.standing import Standing
from campaign.domain.window import State
from campaign.runtime import Runtime
from campaign.signing import NotOpen, TextChanged
from campaign.web.cookies import new_signed_cookie, set_signed
from campaign.web.forms import SignForm, read_sign_form
from campaign.web.protection import private
from campaign.web.public import campaign_page, find_or_abort
from campaign.web.views import view


def sign_pages(runtime: Runtime, *, https: bool) -> Blueprint:
    """`POST /c/<slug>/signatures` and `GET /c/<slug>/check-your-email`."""
    blueprint = Blueprint("sign", __name__)

    @blueprint.post("/c/<slug>/signatures")
    def sign(slug: str) -> Response:
        standing = find_or_abort(runtime, slug)
        if standing.state(runtime.now()) is not State.OPEN:
            return not_open(standing)
        cookie = new_signed_cookie(runtime)
        form, submission = read_sign_form(request.form, standing.asked, signing.browser_hash(cookie))
        if submission is None:
            return again(standing, form)
        try:
            signing.sign(runtime, standing.id, request.form.get("text") or standing.text.hash, submission)
        except NotOpen:
            # This process's memory may be half a second behind the store, whose word is what counts.
            return not_open(_afresh(slug))
        except TextChanged:
            return again(_afresh(slug), SignForm(form.values, {}, form.public, form.updates, changed=True))
        response = private(make_response(redirect(f"/c/{slug}/check-your-email", 303)))
        set_signed(response, standing.id, cookie, https=https)
        return response

    @blueprint.get("/c/<slug>/check-your-email")
    def check_your_email(slug: str) -> Response:
        page = render_template(
            "campaign/check_email.html",
            campaign=view(find_or_abort(runtime, slug), runtime.now()),
            sender=runtime.settings.mail_from,
            development=runtime.settings.development_mailbox is not None,
        )
        return private(make_response(page))

    def _afresh(slug: str) -> Standing:
        runtime.remembered.pop(slug, None)
        return find_or_abort(runtime, slug)

    def again(standing: Standing, form: SignForm) -> Response:
        return private(make_response(campaign_page(standing, form, runtime.now()), 422))

    def not_open(standing: Standing) -> Response:
        page = render_template("campaign/not_open.html", campaign=view(standing, runtime.now()))
        return private(make_response(page, 409))

    return blueprint
