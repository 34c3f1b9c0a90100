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
from campaign.web.embed import embed_pages
from campaign.web.errors import register_errors
from campaign.web.feeds import feeds
from campaign.web.health import health
from campaign.web.home import home_pages
from campaign.web.language import speak_languages
from campaign.web.mailbox import development_mailbox
from campaign.web.my_signature import my_signature_pages
from campaign.web.pictures import picture_pages
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
    app.register_blueprint(privacy_pages(runtime))
    app.register_blueprint(open_data(runtime))
    app.register_blueprint(share_pages(runtime))
    app.register_blueprint(embed_pages(runtime))
    app.register_blueprint(campaign_pictures(runtime))
    app.register_blueprint(picture_pages(runtime))
    app.register_blueprint(sign_pages(runtime, https=https))
    app.register_blueprint(verification_pages(runtime, https=https))
    app.register_blueprint(my_signature_pages(runtime))
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
