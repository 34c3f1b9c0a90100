"""The web process, put together here and only here."""

from flask import Flask
from jinja2 import StrictUndefined
from werkzeug.middleware.proxy_fix import ProxyFix

from campaign.config import load_settings, require_secret, site_name
from campaign.languages import OURS, Languages
from campaign.lifeline import follow_parent
from campaign.logs import configure_logs
from campaign.paths import TEMPLATES
from campaign.runtime import Runtime, make_runtime
from campaign.web.api import open_data
from campaign.web.assets import Assets
from campaign.web.campaign_picture import campaign_pictures
from campaign.web.design import development_design
from campaign.web.desk.account import account_room
from campaign.web.desk.address import address_room
from campaign.web.desk.audit import audit_room
from campaign.web.desk.batches import batches_room
from campaign.web.desk.code_app import code_app_room
from campaign.web.desk.comments import comments_room
from campaign.web.desk.confirm import confirm_room
from campaign.web.desk.dashboard import dashboard_room
from campaign.web.desk.exports import exports_room
from campaign.web.desk.flags import flags_room
from campaign.web.desk.furniture import furnish
from campaign.web.desk.gate import Gate
from campaign.web.desk.home import home_room
from campaign.web.desk.invitation import invitation_room
from campaign.web.desk.new_campaign import new_campaign_room
from campaign.web.desk.other_ways import other_ways_room
from campaign.web.desk.paper import paper_room
from campaign.web.desk.paper_intakes import paper_intakes_room
from campaign.web.desk.paper_typing import paper_typing_room
from campaign.web.desk.passkeys import passkeys_room
from campaign.web.desk.password import password_room
from campaign.web.desk.picture import picture_room
from campaign.web.desk.places import places_room
from campaign.web.desk.preview import preview_room
from campaign.web.desk.running import running_room
from campaign.web.desk.second_factor import second_factor_room
from campaign.web.desk.settings import settings_room
from campaign.web.desk.sign_in import sign_in_room
from campaign.web.desk.signature import signature_room
from campaign.web.desk.signatures import signatures_room
from campaign.web.desk.site import people_room, site_room
from campaign.web.desk.submission import submission_room
from campaign.web.desk.switches import switches_room
from campaign.web.desk.team import team_room
from campaign.web.desk.text import text_room
from campaign.web.embed import embed_pages
from campaign.web.errors import register_errors
from campaign.web.feeds import feeds
from campaign.web.health import health
from campaign.web.history import history_pages
from campaign.web.home import home_pages
from campaign.web.language import speak_languages
from campaign.web.mailbox import development_mailbox
from campaign.web.my_signature import my_signature_pages
from campaign.web.pictures import picture_pages
from campaign.web.preview import preview_pages
from campaign.web.privacy import privacy_pages
from campaign.web.protection import protect
from campaign.web.public import public_pages
from campaign.web.share import share_pages
from campaign.web.sign import sign_pages
from campaign.web.verification import verification_pages


def create_app(runtime: Runtime, languages: Languages = OURS) -> Flask:
    """The site, as its settings say, in the languages it is to speak."""
    settings, assets = runtime.settings, Assets()
    https = settings.base_url.startswith("https:")
    app = Flask(__name__, static_folder=None, template_folder=str(TEMPLATES))
    app.jinja_options = {"undefined": StrictUndefined, "trim_blocks": True, "lstrip_blocks": True, "auto_reload": False}
    app.jinja_env.globals.update(
        asset=assets.url, picture_in_page=assets.in_page, url=runtime.links.url, site=site_name(settings),
        development=settings.development_mailbox is not None,
    )  # fmt: skip
    protect(app, https=https)
    speak_languages(app, languages)
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
    furnish(app, runtime)
    gate = Gate(runtime)
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


def from_environment() -> Flask:
    """The site as the environment says: what the web server calls in each of its processes."""
    follow_parent()
    settings = load_settings()
    require_secret(settings)
    configure_logs(settings.log_level)
    return create_app(make_runtime(settings, connections=settings.web_threads))
