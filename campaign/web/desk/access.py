"""Access control of the desk: the one place that says who may do what at which address.

Each view names the permission it needs (`campaign.domain.accounts.role`) with `@requires(Permission.EDIT)`, which enters it in
one table. Access control finds the session, the campaigner, and their role in the campaign that the address names; only then is
the view called, with a `DeskContext` that holds all of it. A blueprint of the desk refuses a view that is not in the table.
"""

import hmac
from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any
from urllib.parse import urlencode, urlsplit

from flask import Blueprint, Response, abort, g, redirect, request
from flask.typing import ResponseReturnValue

from campaign.domain.accounts.actor import Actor
from campaign.domain.accounts.organisation_team import OrganisationTeam
from campaign.domain.accounts.role import REAUTHENTICATION_REQUIRED, Permission, Role, is_allowed
from campaign.domain.campaigns.campaign import Campaign
from campaign.domain.common.i18n import N_
from campaign.domain.common.networks import network_prefix
from campaign.services.accounts import organisation_teams, sessions, team
from campaign.services.accounts.auth.operator_factor import second_factor_due
from campaign.services.campaigns import create_and_find
from campaign.store.accounts.campaigners import Campaigner
from campaign.store.redis.sessions import Session
from campaign.web.app_context import runtime
from campaign.web.cookies import get_cookie
from campaign.web.desk.resend import CSRF_FIELD, resend_form
from campaign.web.errors import ErrorMessage, error_page
from campaign.web.host import is_own_origin
from campaign.web.language import use_desk_language
from campaign.web.redirection import redirect_to_slug
from campaign.web.security_headers import no_store
from campaign.web.site_switches import current_switches

SESSION_COOKIE = "cs_desk"
"""Its name on http; `campaign.web.cookies` says what it is on https."""
MAX_ID = 2**63 - 1
"""Largest id a database can look for; an address with a greater one is answered 404."""
_MAX_NEXT_CHARACTERS = 500
_DONE_PATH = "/desk/done"
"""Where a proof leads that was asked for in a window of its own."""

DeskView = Callable[..., ResponseReturnValue]


@dataclass(frozen=True, slots=True)
class DeskContext:
    """Campaigner and session of a request, with the campaign of its address and their role in that."""

    campaigner: Campaigner
    session: Session
    campaign_or_none: Campaign | None = None
    """The campaign the address names, as the store has it."""
    roles: frozenset[Role] = frozenset()
    """Their roles in it, by its own team and by teams of the organisation; or in the team that the address names."""
    team_or_none: OrganisationTeam | None = None
    """The team of the organisation that the address names."""

    @property
    def campaign(self) -> Campaign:
        """The campaign, where the address names one. Raises LookupError elsewhere."""
        if self.campaign_or_none is None:
            raise LookupError("this address names no campaign")
        return self.campaign_or_none

    @property
    def team(self) -> OrganisationTeam:
        """The team of the organisation, where the address names one. Raises LookupError elsewhere."""
        if self.team_or_none is None:
            raise LookupError("this address names no team")
        return self.team_or_none

    def may(self, permission: Permission) -> bool:
        """Whether they may do something with this campaign or team, or on the site."""
        return is_allowed(permission, self.roles, operator=self.campaigner.operator)

    @property
    def actor(self) -> Actor:
        """Actor for the audit trail."""
        return Actor(self.campaigner.name or "a campaigner", self.campaigner.id, network_prefix(request.remote_addr or ""))


@dataclass(frozen=True, slots=True)
class Requirement:
    """Requirement of a view: one row of the access table."""

    permission: Permission
    max_bytes: int | None = None
    """Octets a form sent to it may have, where that is more than elsewhere."""
    when_read_only: bool = False
    """Whether it takes forms also while the operator has made the site read-only, as sign-in and sign-out do."""
    recent_proof: bool = False
    """Whether it is only for who has just proved again who they are, whatever its permission says."""
    one_factor: bool = False
    """Whether it is open before the second factor is given, or set up where one must be: where that is done."""


ACCESS_TABLE: dict[DeskView, Requirement] = {}
"""Requirement of each view of the desk."""


def requires(
    permission: Permission,
    *,
    max_bytes: int | None = None,
    when_read_only: bool = False,
    recent_proof: bool = False,
    one_factor: bool = False,
) -> Callable[[DeskView], DeskView]:
    """Decorator of a view: enters its requirement in the access table and has it called only where that is met.

    The view is called with the DeskContext (None where nobody is signed in, at Permission.SIGN_IN) and the values of its rule;
    `slug` and `held_by` are not among them, they have become `context.campaign` and `context.team`. See `Requirement` for the
    arguments.
    """
    requirement = Requirement(permission, max_bytes, when_read_only, recent_proof, one_factor)

    def register(view: DeskView) -> DeskView:
        @wraps(view)
        def authorised(**values: Any) -> ResponseReturnValue:
            return _authorise(requirement, view, values)

        ACCESS_TABLE[authorised] = requirement
        return authorised

    return register


class DeskBlueprint(Blueprint):
    """Blueprint of the desk: takes only views that are in the access table; nothing it answers is stored by a cache."""

    def __init__(self, name: str) -> None:
        super().__init__(f"desk_{name}", __name__)
        # A view may let its reader's own browser keep something; nothing here is for anybody else.
        self.after_request(lambda answer: answer if "Cache-Control" in answer.headers else no_store(answer))

    def add_url_rule(
        self,
        rule: str,
        endpoint: str | None = None,
        view_func: Any = None,
        provide_automatic_options: bool | None = None,
        **options: Any,
    ) -> None:
        """Register a view. Raises LookupError where it requires no permission, or its address is not of the desk."""
        if view_func not in ACCESS_TABLE or not rule.startswith("/desk/"):
            raise LookupError(f"{rule} is no address under /desk/ with a permission it requires")
        super().add_url_rule(rule, endpoint, view_func, provide_automatic_options, **options)


def next_path_from_request(default: str = "/desk/") -> str:
    """Path of the desk to go to after signing in or confirming; `default` where the request names none, or one elsewhere."""
    wanted = request.values.get("next", "")[:_MAX_NEXT_CHARACTERS]
    ours = wanted.startswith("/desk/") and "\\" not in wanted
    return wanted if ours and wanted.isprintable() else default


def referrer_path() -> str:
    """Path of the page that led here; "" where the browser does not say, or says nonsense."""
    try:
        return urlsplit(request.referrer or "").path
    except ValueError:
        return ""


_CROSS_SITE_MESSAGE = ErrorMessage(N_("That came from another site"), N_("Open the desk and do it there."))
_CSRF_MESSAGE = ErrorMessage(
    N_("This page was open for too long"), N_("You have signed in again since. Look at what you sent, and send it once more.")
)
_FORBIDDEN_MESSAGE = ErrorMessage(
    N_("That is not yours to do"),
    N_("Your role here does not include it. An owner of the campaign or the team can change it."),
)
_READ_ONLY_MESSAGE = ErrorMessage(
    N_("The site is read-only right now"),
    N_("Its operator has paused all changes for a while. Nothing was stored. Keep this page open, and send it later."),
)
_SIGNED_OUT_MESSAGE = ErrorMessage(
    N_("You are signed out"), N_("Nothing was stored yet. Sign in in another window, come back to this one and send it again.")
)
_CONFIRM_MESSAGE = ErrorMessage(
    N_("Confirm that it is you first"),
    N_(
        "What you are about to do needs to be sure of who does it. Nothing was stored yet: confirm in another window, come "
        "back to this one and send it again."
    ),
)


def _authorise(requirement: Requirement, view: DeskView, values: dict[str, Any]) -> ResponseReturnValue:
    permission = requirement.permission
    if requirement.max_bytes is not None:
        request.max_content_length = request.max_form_memory_size = requirement.max_bytes
    if request.method == "POST" and not _is_same_origin():
        abort(error_page(403, _CROSS_SITE_MESSAGE, with_form=False))
    if any(isinstance(value, int) and value > MAX_ID for value in values.values()):
        abort(404)
    g.desk_context = context = _signed_in_context()
    if context is not None and context.campaigner.language:
        use_desk_language(context.campaigner.language)
    if permission is not Permission.SIGN_IN:
        slug, team_id = values.pop("slug", None), values.pop("held_by", None)
        g.desk_context = context = _require_permission(
            context or abort(authentication_required("/desk/sign-in", signed_out=True)), requirement, slug, team_id
        )
        if request.method == "POST" and not requirement.when_read_only and current_switches().read_only:
            abort(error_page(409, _READ_ONLY_MESSAGE))
    return view(context, **values)


def _require_permission(context: DeskContext, requirement: Requirement, slug: str | None, team_id: int | None) -> DeskContext:
    """The context with the roles in the campaign or team of the address. Aborts where the requirement is not met."""
    permission = requirement.permission
    if request.method == "POST" and not hmac.compare_digest(
        request.form.get(CSRF_FIELD, "").encode(), context.session.csrf.encode()
    ):
        abort(error_page(403, _CSRF_MESSAGE))
    if not requirement.one_factor:
        _require_second_factor(context)
    if permission is Permission.OPERATE_SITE and not context.campaigner.operator:
        abort(404)
    if slug is not None or team_id is not None:
        context = _with_team(context, team_id) if slug is None else _with_campaign(context, slug)
        g.desk_context = context
        if not context.may(permission):
            abort(error_page(403, _FORBIDDEN_MESSAGE))
    proof_required = requirement.recent_proof or permission in REAUTHENTICATION_REQUIRED
    if proof_required and not context.session.is_recently_confirmed(runtime().now()):
        abort(authentication_required("/desk/confirm"))
    return context


def _require_second_factor(context: DeskContext) -> None:
    """Abort where the campaigner has a second factor that this session has not shown, or must have one by now."""
    campaigner = context.campaigner
    if campaigner.has_second_factor:
        if not context.session.second_factor:
            abort(authentication_required("/desk/confirm"))
    elif (due := second_factor_due(runtime(), campaigner)) is not None and runtime().now() >= due:
        abort(authentication_required("/desk/account/second-factor"))


def _signed_in_context() -> DeskContext | None:
    signed_in = sessions.signed_in_campaigner(runtime(), get_cookie(SESSION_COOKIE))
    return None if signed_in is None else DeskContext(*signed_in)


def _with_campaign(context: DeskContext, slug: str) -> DeskContext:
    membership = team.get_membership(runtime(), slug, context.campaigner.id)
    if membership is None and (current := create_and_find.current_slug(runtime(), slug)) is not None:
        _with_campaign(context, current)
        # Mails to its team name the address that the campaign had.
        abort(redirect_to_slug(current, slug, 303))
    # Who is not in its team is not told whether a campaign is there: it may be a draft.
    if membership is None or not (membership.roles or context.campaigner.operator):
        abort(404)
    campaign = create_and_find.get_by_slug(runtime(), slug) or abort(404)
    if membership.requires_second_factor and not context.session.second_factor:
        abort(authentication_required("/desk/account/second-factor"))
    return DeskContext(context.campaigner, context.session, campaign, membership.roles)


def _with_team(context: DeskContext, team_id: int | None) -> DeskContext:
    found = organisation_teams.get_team(runtime(), team_id or 0)
    role = organisation_teams.get_role(runtime(), team_id or 0, context.campaigner.id)
    if found is None or not (role or context.campaigner.operator):
        abort(404)
    roles = frozenset({role} if role else ())
    return DeskContext(context.campaigner, context.session, roles=roles, team_or_none=found)


def _is_same_origin() -> bool:
    site = request.headers.get("Sec-Fetch-Site", "same-origin")
    return site in ("same-origin", "none") and is_own_origin(request.headers.get("Origin"))


def authentication_required(path: str, *, signed_out: bool = False) -> Response:
    """Redirect to a page that asks for a proof, and leads back; for a form with something in it, the same as a page that keeps
    what was sent."""
    if request.method in ("GET", "HEAD"):
        wanted = request.full_path.rstrip("?")[:_MAX_NEXT_CHARACTERS]
    else:
        wanted, form = referrer_path() or "/desk/", resend_form()
        if signed_out or (form is not None and form.has_words):
            message = _SIGNED_OUT_MESSAGE if signed_out else _CONFIRM_MESSAGE
            return error_page(401, message, proof=f"{path}?{urlencode({'next': _DONE_PATH})}")
    return redirect(f"{path}?{urlencode({'next': wanted})}", 303)  # type: ignore[return-value]
