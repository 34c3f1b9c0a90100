"""Web application, put together from its blueprints here and only here."""

from collections.abc import Callable
from typing import Any

from flask import Flask, Request
from jinja2 import StrictUndefined
from werkzeug.middleware.proxy_fix import ProxyFix
from werkzeug.routing import MapAdapter

from campaign.config import TEMPLATES, site_name
from campaign.domain.campaigns.colour import accent_palette, palette_css
from campaign.languages import BUNDLED_LANGUAGES, SiteLanguages
from campaign.runtime import Runtime
from campaign.web.admission import ROUTE_KEY
from campaign.web.app_context import install_runtime
from campaign.web.assets import Assets, install_assets
from campaign.web.assets import blueprint as assets_blueprint
from campaign.web.cache import install_cache
from campaign.web.desk.account import blueprint as desk_account
from campaign.web.desk.account_email import blueprint as desk_account_email
from campaign.web.desk.alarms import blueprint as desk_alarms
from campaign.web.desk.audit_log import blueprint as desk_audit_log
from campaign.web.desk.batches import blueprint as desk_batches
from campaign.web.desk.comments import blueprint as desk_comments
from campaign.web.desk.complaints import blueprint as desk_complaints
from campaign.web.desk.dashboard import blueprint as desk_dashboard
from campaign.web.desk.exports import blueprint as desk_exports
from campaign.web.desk.figures import blueprint as desk_figures
from campaign.web.desk.flags import blueprint as desk_flags
from campaign.web.desk.help import blueprint as desk_help
from campaign.web.desk.home import blueprint as desk_home
from campaign.web.desk.images import blueprint as desk_images
from campaign.web.desk.invitation import blueprint as desk_invitation
from campaign.web.desk.lifecycle import blueprint as desk_lifecycle
from campaign.web.desk.new_campaign import blueprint as desk_new_campaign
from campaign.web.desk.organisation_teams import blueprint as desk_organisation_teams
from campaign.web.desk.page_texts import blueprint as desk_page_texts
from campaign.web.desk.paper import blueprint as desk_paper
from campaign.web.desk.paper_import import blueprint as desk_paper_import
from campaign.web.desk.paper_type_in import blueprint as desk_paper_type_in
from campaign.web.desk.paper_upload import blueprint as desk_paper_upload
from campaign.web.desk.passkeys import blueprint as desk_passkeys
from campaign.web.desk.password import blueprint as desk_password
from campaign.web.desk.places import blueprint as desk_places
from campaign.web.desk.preview import blueprint as desk_preview
from campaign.web.desk.reauthentication import blueprint as desk_reauthentication
from campaign.web.desk.retention import blueprint as desk_retention
from campaign.web.desk.samples import blueprint as desk_samples
from campaign.web.desk.second_factor import blueprint as desk_second_factor
from campaign.web.desk.settings import blueprint as desk_settings
from campaign.web.desk.share import blueprint as desk_share
from campaign.web.desk.sign_in import blueprint as desk_sign_in
from campaign.web.desk.sign_in_code import blueprint as desk_sign_in_code
from campaign.web.desk.sign_in_methods import blueprint as desk_sign_in_methods
from campaign.web.desk.signature import blueprint as desk_signature
from campaign.web.desk.signatures import blueprint as desk_signatures
from campaign.web.desk.site import blueprint as desk_site
from campaign.web.desk.site_campaigners import blueprint as desk_site_campaigners
from campaign.web.desk.site_sender import blueprint as desk_site_sender
from campaign.web.desk.standing_rules import blueprint as desk_standing_rules
from campaign.web.desk.submissions import blueprint as desk_submissions
from campaign.web.desk.switches import blueprint as desk_switches
from campaign.web.desk.team import blueprint as desk_team
from campaign.web.desk.template_context import register_template_context
from campaign.web.desk.update_picture import blueprint as desk_update_picture
from campaign.web.desk.updates import blueprint as desk_updates
from campaign.web.development.design import blueprint as development_design
from campaign.web.development.mailbox import blueprint as development_mailbox
from campaign.web.errors import register_errors
from campaign.web.health import blueprint as health
from campaign.web.host import register_host_check
from campaign.web.language import register_languages
from campaign.web.localised import register_number
from campaign.web.mail_events import blueprint as mail_events
from campaign.web.mended_addresses import register_mended_addresses
from campaign.web.overload import register_overload
from campaign.web.printable_pages import register_printable_pages
from campaign.web.public.about import blueprint as public_about
from campaign.web.public.api import blueprint as public_api
from campaign.web.public.campaign_lookup import expire_after_desk_changes
from campaign.web.public.campaign_page import blueprint as public_campaign_page
from campaign.web.public.complaint import blueprint as public_complaint
from campaign.web.public.count_history import blueprint as public_count_history
from campaign.web.public.embed import blueprint as public_embed
from campaign.web.public.feeds import blueprint as public_feeds
from campaign.web.public.history import blueprint as public_history
from campaign.web.public.home import blueprint as public_home
from campaign.web.public.how_we_count import blueprint as public_how_we_count
from campaign.web.public.images import blueprint as public_images
from campaign.web.public.log import blueprint as public_log
from campaign.web.public.my_signature import blueprint as public_my_signature
from campaign.web.public.petitions import blueprint as public_petitions
from campaign.web.public.places import blueprint as public_places
from campaign.web.public.preview import blueprint as public_preview
from campaign.web.public.privacy import blueprint as public_privacy
from campaign.web.public.proof_of_work import blueprint as public_proof_of_work
from campaign.web.public.share import blueprint as public_share
from campaign.web.public.share_media import blueprint as public_share_media
from campaign.web.public.sign import blueprint as public_sign
from campaign.web.public.updates import blueprint as public_updates
from campaign.web.public.verification import blueprint as public_verification
from campaign.web.security_headers import NamedFieldsRequest, register_protection
from campaign.web.translation import register_translation

PUBLIC_BLUEPRINTS = (
    public_campaign_page, public_sign, public_verification, public_my_signature, public_preview, public_history,
    public_privacy, public_share, public_share_media, public_images, public_embed, public_api, public_petitions,
    public_home, public_feeds, public_about, public_log, public_count_history, public_how_we_count,
    public_complaint, public_places,
    public_updates, public_proof_of_work,
)  # fmt: skip
"""Pages for everybody."""
DEVELOPMENT_BLUEPRINTS = (development_mailbox, development_design)
"""Pages there are where mails go into a folder."""
DESK_BLUEPRINTS = (
    desk_help,
    desk_home, desk_new_campaign,
    desk_sign_in, desk_sign_in_code, desk_sign_in_methods, desk_invitation, desk_reauthentication,
    desk_account, desk_account_email, desk_password, desk_passkeys, desk_second_factor,
    desk_dashboard, desk_figures, desk_share,
    desk_lifecycle, desk_page_texts, desk_organisation_teams, desk_images, desk_settings, desk_preview, desk_team,
    desk_audit_log,
    desk_signatures, desk_signature, desk_comments, desk_places, desk_flags, desk_alarms, desk_batches,
    desk_paper, desk_paper_import, desk_paper_type_in, desk_paper_upload, desk_exports, desk_submissions, desk_samples,
    desk_site, desk_site_campaigners, desk_site_sender, desk_switches, desk_complaints, desk_retention, desk_standing_rules,
    desk_updates, desk_update_picture,
)  # fmt: skip
"""Pages of the campaigner's desk, which signs in who asks for them."""


class _SynchronousFlask(Flask):
    """Flask without coroutines: it need not look at each function, some ten at a request, whether it is one. And a route that
    the server has found already is not looked for again."""

    request_class = NamedFieldsRequest

    def create_url_adapter(self, request: Request | None) -> MapAdapter | None:
        """Finder of routes; None where that of the request is known. Addresses are written without it."""
        if request is None or (route := request.environ.get(ROUTE_KEY)) is None:
            return super().create_url_adapter(request)
        request.url_rule, request.view_args = route
        return None

    def ensure_sync(self, func: Callable[..., Any]) -> Callable[..., Any]:
        """The function itself."""
        return func


def create_app(runtime: Runtime, languages: SiteLanguages = BUNDLED_LANGUAGES) -> Flask:
    """Application of a site, as its settings say, in its languages."""
    settings = runtime.settings
    colours = palette_css(accent_palette(settings.site_colour)) if settings.site_colour else ""
    assets = Assets(logo=settings.site_logo, colours=colours)
    https = settings.base_url.startswith("https:")
    app = _SynchronousFlask(__name__, static_folder=None, template_folder=str(TEMPLATES))
    app.jinja_options = {"undefined": StrictUndefined, "trim_blocks": True, "lstrip_blocks": True, "auto_reload": False}
    app.jinja_env.globals.update(
        asset=assets.url, inline_asset=assets.inline, url=runtime.tokens.absolute_url, site=site_name(settings),
        site_logo=assets.url(assets.logo_name) if assets.logo_name else "", site_named=bool(settings.site_name),
        has_terms=bool(settings.site_terms),
        site_fediverse=settings.site_fediverse,
        development=settings.development_mailbox is not None,
    )  # fmt: skip
    install_runtime(app, runtime)
    install_cache(app)
    install_assets(app, assets)
    register_host_check(app, settings.base_url)
    register_protection(app, https=https)
    register_mended_addresses(app)
    register_languages(app, languages)
    register_translation(app, languages)
    register_number(app)
    register_printable_pages(app)
    register_errors(app)
    register_overload(app)
    expire_after_desk_changes(app)
    register_template_context(app)
    development = DEVELOPMENT_BLUEPRINTS if settings.development_mailbox is not None else ()
    for blueprint in (*PUBLIC_BLUEPRINTS, *DESK_BLUEPRINTS, assets_blueprint, health, mail_events, *development):
        app.register_blueprint(blueprint)
    if settings.trusted_proxies:
        hops = settings.trusted_proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=hops)  # type: ignore[method-assign]
    return app
