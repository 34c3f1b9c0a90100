"""The web process, put together here and only here."""

from flask import Flask
from jinja2 import StrictUndefined
from werkzeug.middleware.proxy_fix import ProxyFix

from campaign.config import TEMPLATES, site_name
from campaign.languages import BUNDLED_LANGUAGES, SiteLanguages
from campaign.runtime import Runtime
from campaign.web.app_context import install_runtime
from campaign.web.assets import Assets
from campaign.web.desk.access import AccessControl
from campaign.web.desk.account import account_room
from campaign.web.desk.account_email import address_room
from campaign.web.desk.audit_log import audit_room
from campaign.web.desk.batches import batches_room
from campaign.web.desk.comments import comments_room
from campaign.web.desk.dashboard import dashboard_room
from campaign.web.desk.exports import exports_room
from campaign.web.desk.flags import flags_room
from campaign.web.desk.home import home_room
from campaign.web.desk.invitation import invitation_room
from campaign.web.desk.lifecycle import running_room
from campaign.web.desk.new_campaign import new_campaign_room
from campaign.web.desk.page_texts import text_room
from campaign.web.desk.paper import paper_room
from campaign.web.desk.paper_import import paper_intakes_room
from campaign.web.desk.paper_type_in import paper_typing_room
from campaign.web.desk.passkeys import passkeys_room
from campaign.web.desk.password import password_room
from campaign.web.desk.picture import picture_room
from campaign.web.desk.places import places_room
from campaign.web.desk.preview import preview_room
from campaign.web.desk.reauthentication import confirm_room
from campaign.web.desk.second_factor import code_app_room
from campaign.web.desk.settings import settings_room
from campaign.web.desk.sign_in import sign_in_room
from campaign.web.desk.sign_in_code import second_factor_room
from campaign.web.desk.sign_in_methods import other_ways_room
from campaign.web.desk.signature import signature_room
from campaign.web.desk.signatures import signatures_room
from campaign.web.desk.site import people_room, site_room
from campaign.web.desk.submissions import submission_room
from campaign.web.desk.switches import switches_room
from campaign.web.desk.team import team_room
from campaign.web.desk.template_context import register_template_context
from campaign.web.development.design import development_design
from campaign.web.development.mailbox import development_mailbox
from campaign.web.errors import register_errors
from campaign.web.health import health
from campaign.web.language import register_languages
from campaign.web.public.api import open_data
from campaign.web.public.campaign_page import public_pages
from campaign.web.public.campaign_picture import campaign_pictures
from campaign.web.public.embed import embed_pages
from campaign.web.public.feeds import feeds
from campaign.web.public.history import history_pages
from campaign.web.public.home import home_pages
from campaign.web.public.my_signature import my_signature_pages
from campaign.web.public.preview import preview_pages
from campaign.web.public.privacy import privacy_pages
from campaign.web.public.share import share_pages
from campaign.web.public.share_media import picture_pages
from campaign.web.public.sign import sign_pages
from campaign.web.public.verification import verification_pages
from campaign.web.security_headers import register_protection


def create_app(runtime: Runtime, languages: SiteLanguages = BUNDLED_LANGUAGES) -> Flask:
    """The site, as its settings say, in the languages it is to speak."""
    settings, assets = runtime.settings, Assets()
    https = settings.base_url.startswith("https:")
    app = Flask(__name__, static_folder=None, template_folder=str(TEMPLATES))
    app.jinja_options = {"undefined": StrictUndefined, "trim_blocks": True, "lstrip_blocks": True, "auto_reload": False}
    app.jinja_env.globals.update(
        asset=assets.url, inline_asset=assets.inline, url=runtime.tokens.absolute_url, site=site_name(settings),
        development=settings.development_mailbox is not None,
    )  # fmt: skip
    install_runtime(app, runtime)
    register_protection(app, https=https)
    register_languages(app, languages)
    register_errors(app)
    app.register_blueprint(public_pages(runtime))
    app.register_blueprint(home_pages(runtime))
    app.register_blueprint(feeds(runtime, languages.codes))
    app.register_blueprint(preview_pages(runtime))
    app.register_blueprint(privacy_pages(runtime))
    app.register_blueprint(history_pages(runtime))
    app.register_blueprint(open_data(runtime))
    app.register_blueprint(share_pages(runtime))
    app.register_blueprint(embed_pages(runtime))
    app.register_blueprint(campaign_pictures(runtime))
    app.register_blueprint(picture_pages(runtime))
    app.register_blueprint(sign_pages(runtime, https=https))
    app.register_blueprint(verification_pages(runtime, https=https))
    app.register_blueprint(my_signature_pages(runtime))
    register_template_context(app, runtime)
    gate = AccessControl(runtime)
    for room in (
        site_room, people_room, switches_room, audit_room,
        signatures_room, signature_room, comments_room, places_room,
        new_campaign_room, text_room, picture_room, settings_room, preview_room,
        dashboard_room, flags_room, batches_room, paper_room, paper_intakes_room, paper_typing_room, exports_room,
        submission_room,
        home_room, running_room, sign_in_room, invitation_room, account_room, address_room, team_room,
        code_app_room, confirm_room, other_ways_room, passkeys_room, password_room, second_factor_room,
    ):  # fmt: skip
        app.register_blueprint(room(runtime, gate))
    app.register_blueprint(assets.blueprint())
    app.register_blueprint(health(runtime))
    if settings.development_mailbox is not None:
        app.register_blueprint(development_mailbox(settings.development_mailbox))
        app.register_blueprint(development_design(runtime))
    if settings.trusted_proxies:
        hops = settings.trusted_proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=hops)  # type: ignore[method-assign]
    return app
