"""The sign form's answer: stored, wrong somewhere, or not open. The same words whoever asks and whatever is on file."""

from flask import Blueprint, Response, make_response, redirect, render_template, request

from campaign import signing, switching
from campaign.domain.mail_domains import suggestion
from campaign.domain.networks import network_of
from campaign.domain.standing import Standing
from campaign.domain.webmail import WEBMAILERS, webmail_of
from campaign.domain.window import State
from campaign.mail.message import VERIFY_SUBJECT
from campaign.runtime import Runtime
from campaign.signing import NotOpen, TextChanged
from campaign.web import arriving, cookies
from campaign.web.forms import SignForm, read_sign_form
from campaign.web.language import gettext, speak_for, to
from campaign.web.protection import allow_style, private
from campaign.web.public import campaign_page, find_or_abort
from campaign.web.views import view


def sign_pages(runtime: Runtime, *, https: bool) -> Blueprint:
    """`POST /c/<slug>/signatures` and `GET /c/<slug>/check-your-email`."""
    blueprint = Blueprint("sign", __name__)
    own_host = arriving.host_of(runtime.settings.base_url)

    @blueprint.post("/c/<slug>/signatures")
    def sign(slug: str) -> Response:
        standing = find_or_abort(runtime, slug)
        here = speak_for(standing)
        if standing.state(runtime.now()) is not State.OPEN:
            return not_open(standing)
        cookie = cookies.new_signed_cookie(runtime)
        form, submission = read_sign_form(
            request.form, standing.asked, signing.browser_hash(cookie), came=arriving.submitted(request.form, own_host),
            language=here.wanted, supporters=standing.appearance.supporters, network=network_of(request.remote_addr or ""),
        )  # fmt: skip
        if submission is None:
            return again(standing, form)
        # Whatever stands there is compared with texts; a NUL cannot be put to PostgreSQL, and is in the hash of none.
        text_hash = request.form.get("text", "").replace("\x00", "?") or standing.version(here.wanted).text.hash
        try:
            signing.sign(runtime, standing.id, text_hash, submission)
        except NotOpen:
            # This process's memory may be half a second behind the store, whose word is what counts.
            return not_open(_afresh(slug))
        except TextChanged:
            return again(_afresh(slug), SignForm(form.values, {}, form.public, form.updates, changed=True))
        path = f"/c/{slug}/check-your-email"
        response = private(make_response(redirect(to(path), 303)))
        cookies.set_signed(response, standing.id, cookie, https=https)
        if cookie:
            cookies.set_typed(response, runtime.links, submission.email, path, https=https)
        return response

    @blueprint.get("/c/<slug>/check-your-email")
    def check_your_email(slug: str) -> Response:
        standing = find_or_abort(runtime, slug)
        speak_for(standing)
        address, sender = cookies.typed(runtime.links), runtime.settings.mail_from
        page = render_template(
            "campaign/check_email.html", campaign=view(standing, runtime.now()), sender=sender, address=address,
            suggestion=suggestion(address), subject=gettext(VERIFY_SUBJECT), webmailers=WEBMAILERS,
            webmail=webmail_of(address, sender) if address else None,
        )  # fmt: skip
        return private(make_response(page))

    def _afresh(slug: str) -> Standing:
        runtime.remembered.pop(slug, None)
        switching.forget(runtime)
        standing = find_or_abort(runtime, slug)
        speak_for(standing)
        return standing

    def again(standing: Standing, form: SignForm) -> Response:
        shown = view(standing, runtime.now())
        came = arriving.submitted(request.form, own_host)
        page = campaign_page(shown, form, runtime.links.url(shown.path), came)
        return allow_style(private(make_response(page, 422)), shown.style_hash)

    def not_open(standing: Standing) -> Response:
        page = render_template("campaign/not_open.html", campaign=view(standing, runtime.now()))
        return private(make_response(page, 409))

    return blueprint
