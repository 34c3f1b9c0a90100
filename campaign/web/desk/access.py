"""The gate of the desk: the one place that says who may come in where.

Each route is given to the gate with the act it is for (`campaign.domain.accounts.role`). The gate finds out who asks, what
they are in
the campaign the address names, and whether that is enough; only then is the room's function called, with a `Visit` that says
all of it. A route under /desk that did not come by the gate is found by a test.
"""

import hmac
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode, urlsplit

from flask import Blueprint, Response, abort, g, redirect, request
from flask.typing import ResponseReturnValue

from campaign.domain.accounts.actor import Actor
from campaign.domain.accounts.role import REAUTHENTICATION_REQUIRED, Permission, Role, is_allowed
from campaign.domain.campaigns.campaign import Campaign
from campaign.domain.common.networks import network_prefix
from campaign.runtime import Runtime
from campaign.services.campaigns import create_and_find
from campaign.services.site import switches
from campaign.store.accounts import campaigners
from campaign.store.accounts.campaigners import Campaigner
from campaign.store.redis import sessions
from campaign.store.redis.sessions import Session
from campaign.web.errors import ErrorMessage, error_page
from campaign.web.security_headers import no_store

SESSION_COOKIE = "cs_desk"
CSRF_FIELD = "csrf"
"""The field of every form that says it was made for this session."""
_MAX_NEXT_CHARACTERS = 500
_MAX_ID = 2**63 - 1
"""The largest a database can look for; greater ones name nothing."""

DeskView = Callable[..., ResponseReturnValue]


@dataclass(frozen=True, slots=True)
class DeskContext:
    """Who asks, and what they are here."""

    campaigner: Campaigner
    session: Session
    campaign_or_none: Campaign | None = None
    """The campaign the address names, as the store has it."""
    role: Role | None = None
    """What they are in its team."""

    @property
    def campaign(self) -> Campaign:
        """The campaign, where the address names one. Raises LookupError elsewhere."""
        if self.campaign_or_none is None:
            raise LookupError("this room is not of a campaign")
        return self.campaign_or_none

    def may(self, act: Permission) -> bool:
        """Whether they may do something with this campaign, or on the site."""
        return is_allowed(act, self.role, operator=self.campaigner.operator)

    @property
    def actor(self) -> Actor:
        """Who the audit trail says has done it."""
        return Actor(self.campaigner.name or "a campaigner", self.campaigner.id, network_prefix(request.remote_addr or ""))


class AccessControl:
    """Makes the rooms of the desk."""

    def __init__(self, runtime: Runtime) -> None:
        self._runtime = runtime

    def blueprint(self, name: str) -> "DeskBlueprint":
        """A blueprint under /desk whose routes each name what they are for."""
        return DeskBlueprint(f"desk_{name}", self._authorise)

    def _authorise(
        self, act: Permission, view: DeskView, max_bytes: int | None, values: dict[str, Any], *, when_read_only: bool
    ) -> ResponseReturnValue:
        if max_bytes is not None:
            request.max_content_length = request.max_form_memory_size = max_bytes
        if request.method == "POST" and not _is_same_origin():
            abort(error_page(403, _CROSS_SITE_MESSAGE))
        if any(isinstance(value, int) and value > _MAX_ID for value in values.values()):
            abort(404)
        g.desk_context = context = self._signed_in()
        if act is not Permission.SIGN_IN:
            slug = values.pop("slug", None)
            g.desk_context = context = self._require_permission(
                context or abort(_authentication_required("/desk/sign-in", signed_out=True)), act, slug
            )
            if request.method == "POST" and not when_read_only and switches.current_switches(self._runtime).read_only:
                abort(error_page(409, _READ_ONLY_MESSAGE))
        return view(context, **values)

    def _require_permission(self, context: DeskContext, act: Permission, slug: str | None) -> DeskContext:
        """The context, with what they are in the campaign; everybody else is turned away."""
        if request.method == "POST" and not hmac.compare_digest(request.form.get(CSRF_FIELD, ""), context.session.csrf):
            abort(error_page(403, _CSRF_MESSAGE))
        if act is Permission.OPERATE_SITE and not context.campaigner.operator:
            abort(404)
        if slug is not None:
            context = self._with_campaign(context, slug)
            g.desk_context = context
            if not context.may(act):
                abort(error_page(403, _FORBIDDEN_MESSAGE))
        if act in REAUTHENTICATION_REQUIRED and not context.session.is_recently_confirmed(self._runtime.now()):
            abort(_authentication_required("/desk/confirm"))
        return context

    def _signed_in(self) -> DeskContext | None:
        cookie = request.cookies.get(SESSION_COOKIE, "")
        if not cookie:
            return None
        now = self._runtime.now()
        session = self._runtime.call_redis(lambda redis: sessions.get_session(redis, cookie, now))
        if session is None:
            return None
        with self._runtime.reading() as connection:
            campaigner = campaigners.get_by_id(connection, session.campaigner_id)
        if campaigner is None or campaigner.disabled_at is not None:
            return None
        return DeskContext(campaigner, session)

    def _with_campaign(self, context: DeskContext, slug: str) -> DeskContext:
        with self._runtime.reading() as connection:
            place = campaigners.get_membership(connection, slug, context.campaigner.id)
        # Whoever has no business with a campaign is not told whether it is there: it may be a draft.
        if place is None or not (place.role or context.campaigner.operator):
            abort(404)
        campaign = create_and_find.get_by_slug(self._runtime, slug) or abort(404)
        if place.requires_second_factor and not context.session.second_factor:
            abort(
                _authentication_required(
                    "/desk/confirm" if context.campaigner.has_second_factor else "/desk/account/second-factor"
                )
            )
        return DeskContext(context.campaigner, context.session, campaign, place.role)


class DeskBlueprint(Blueprint):
    """Rooms behind the gate."""

    def __init__(self, name: str, authorise: Callable[..., ResponseReturnValue]) -> None:
        super().__init__(name, __name__, url_prefix="/desk")
        self._authorise = authorise
        # A room may let its reader's own browser keep something; nothing here is for anybody else.
        self.after_request(lambda answer: answer if "Cache-Control" in answer.headers else no_store(answer))

    def protected_route(
        self, rule: str, act: Permission, *methods: str, max_bytes: int | None = None, when_read_only: bool = False
    ) -> Callable[[DeskView], DeskView]:
        """Register a view under /desk for some methods, for those who may do `act`.

        It is called with the Visit (None for a stranger, at Act.ENTER) and what the rule holds; `slug` is `context.campaign`.
        `largest` is how many octets a form sent to it may have, where that is more than elsewhere; `always` whether it takes
        forms also while the operator has the site only show what is there, as those do that let people in and out.
        """

        def register(view: DeskView) -> DeskView:
            def admitted(**values: Any) -> ResponseReturnValue:
                return self._authorise(act, view, max_bytes, values, when_read_only=when_read_only)

            admitted.act = act  # type: ignore[attr-defined]
            self.add_url_rule(rule, f"{view.__name__}_{'_'.join(methods).lower()}", admitted, methods=list(methods))
            return view

        return register


def next_path_from_request(default: str = "/desk/") -> str:
    """Where somebody wanted to go when they were asked who they are: a path of the desk, and nothing else."""
    wanted = request.values.get("next", "")[:_MAX_NEXT_CHARACTERS]
    parts = urlsplit(wanted)
    ours = not parts.scheme and not parts.netloc and wanted.startswith("/desk/") and "\\" not in wanted
    return wanted if ours and wanted.isprintable() else default


_CROSS_SITE_MESSAGE = ErrorMessage("That came from another site", "Open the desk and do it there.")
_CSRF_MESSAGE = ErrorMessage(
    "This page was open for too long", "You have signed in again since. Go back, reload it and try again."
)
_FORBIDDEN_MESSAGE = ErrorMessage(
    "That is not yours to do", "Your role in this campaign does not include it. One of its owners can change it."
)
_READ_ONLY_MESSAGE = ErrorMessage(
    "The site is read-only right now",
    "Its operator lets nothing be changed for a while. Nothing was stored. Go back, keep what you typed, and send it later.",
)
_SIGNED_OUT_MESSAGE = ErrorMessage(
    "You are signed out", "Nothing was stored. Sign in in another window, come back here and try again."
)


def _is_same_origin() -> bool:
    site = request.headers.get("Sec-Fetch-Site", "same-origin")
    origin = request.headers.get("Origin")
    return site in ("same-origin", "none") and (origin is None or urlsplit(origin).netloc == request.host)


def _authentication_required(path: str, *, signed_out: bool = False) -> Response:
    """Send somebody to a page that asks who they are, and then back. What they sent with a form is not stored."""
    if request.method in ("GET", "HEAD"):
        wanted = request.full_path.rstrip("?")[:_MAX_NEXT_CHARACTERS]
    elif signed_out:
        return error_page(401, _SIGNED_OUT_MESSAGE)
    else:
        wanted = urlsplit(request.referrer or "").path or "/desk/"
    return redirect(f"{path}?{urlencode({'next': wanted})}", 303)  # type: ignore[return-value]
