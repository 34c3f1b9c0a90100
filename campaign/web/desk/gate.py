"""The gate of the desk: the one place that says who may come in where.

Each route is given to the gate with the act it is for (`campaign.domain.role`). The gate finds out who asks, what they are in
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

from campaign import campaigning, switching
from campaign.domain.actor import Actor
from campaign.domain.networks import network_of
from campaign.domain.role import CONFIRMED, Act, Role, may
from campaign.domain.standing import Standing
from campaign.runtime import Runtime
from campaign.store import people, sessions
from campaign.store.people import Campaigner
from campaign.store.sessions import Session
from campaign.web.errors import Words, error_page
from campaign.web.protection import private

COOKIE = "cs_desk"
CSRF = "csrf"
"""The field of every form that says it was made for this session."""
_LONGEST_NEXT = 500
_LARGEST_NUMBER = 2**63 - 1
"""The largest a database can look for; greater ones name nothing."""

Room = Callable[..., ResponseReturnValue]


@dataclass(frozen=True, slots=True)
class Visit:
    """Who asks, and what they are here."""

    campaigner: Campaigner
    session: Session
    standing: Standing | None = None
    """The campaign the address names, as the store has it."""
    role: Role | None = None
    """What they are in its team."""

    @property
    def campaign(self) -> Standing:
        """The campaign, where the address names one. Raises LookupError elsewhere."""
        if self.standing is None:
            raise LookupError("this room is not of a campaign")
        return self.standing

    def may(self, act: Act) -> bool:
        """Whether they may do something with this campaign, or on the site."""
        return may(act, self.role, operator=self.campaigner.operator)

    @property
    def actor(self) -> Actor:
        """Who the audit trail says has done it."""
        return Actor(self.campaigner.name or "a campaigner", self.campaigner.id, network_of(request.remote_addr or ""))


class Gate:
    """Makes the rooms of the desk."""

    def __init__(self, runtime: Runtime) -> None:
        self._runtime = runtime

    def room(self, name: str) -> "Desk":
        """A blueprint under /desk whose routes each name what they are for."""
        return Desk(f"desk_{name}", self._admit)

    def _admit(self, act: Act, view: Room, largest: int | None, values: dict[str, Any], *, always: bool) -> ResponseReturnValue:
        if largest is not None:
            request.max_content_length = request.max_form_memory_size = largest
        if request.method == "POST" and not _from_our_pages():
            abort(error_page(403, _FROM_ELSEWHERE))
        if any(isinstance(value, int) and value > _LARGEST_NUMBER for value in values.values()):
            abort(404)
        g.visit = visit = self._visitor()
        if act is not Act.ENTER:
            slug = values.pop("slug", None)
            g.visit = visit = self._allowed(visit or abort(_ask_who("/desk/sign-in", signed_out=True)), act, slug)
            if request.method == "POST" and not always and switching.now(self._runtime).read_only:
                abort(error_page(409, _READ_ONLY))
        return view(visit, **values)

    def _allowed(self, visit: Visit, act: Act, slug: str | None) -> Visit:
        """The visit, with what they are in the campaign; everybody else is turned away."""
        if request.method == "POST" and not hmac.compare_digest(request.form.get(CSRF, ""), visit.session.csrf):
            abort(error_page(403, _FORM_TOO_OLD))
        if act is Act.OPERATE and not visit.campaigner.operator:
            abort(404)
        if slug is not None:
            visit = self._in_campaign(visit, slug)
            g.visit = visit
            if not visit.may(act):
                abort(error_page(403, _NOT_YOURS))
        if act in CONFIRMED and not visit.session.fresh(self._runtime.now()):
            abort(_ask_who("/desk/confirm"))
        return visit

    def _visitor(self) -> Visit | None:
        cookie = request.cookies.get(COOKIE, "")
        if not cookie:
            return None
        now = self._runtime.now()
        session = self._runtime.ask_redis(lambda redis: sessions.get(redis, cookie, now))
        if session is None:
            return None
        with self._runtime.reading() as connection:
            campaigner = people.by_id(connection, session.campaigner_id)
        if campaigner is None or campaigner.disabled_at is not None:
            return None
        return Visit(campaigner, session)

    def _in_campaign(self, visit: Visit, slug: str) -> Visit:
        with self._runtime.reading() as connection:
            place = people.place(connection, slug, visit.campaigner.id)
        # Whoever has no business with a campaign is not told whether it is there: it may be a draft.
        if place is None or not (place.role or visit.campaigner.operator):
            abort(404)
        standing = campaigning.find(self._runtime, slug) or abort(404)
        if place.second_factor and not visit.session.second_factor:
            abort(_ask_who("/desk/confirm" if visit.campaigner.second_factor else "/desk/account/second-factor"))
        return Visit(visit.campaigner, visit.session, standing, place.role)


class Desk(Blueprint):
    """Rooms behind the gate."""

    def __init__(self, name: str, admit: Callable[..., ResponseReturnValue]) -> None:
        super().__init__(name, __name__, url_prefix="/desk")
        self._admit = admit
        # A room may let its reader's own browser keep something; nothing here is for anybody else.
        self.after_request(lambda answer: answer if "Cache-Control" in answer.headers else private(answer))

    def at(
        self, rule: str, act: Act, *methods: str, largest: int | None = None, always: bool = False
    ) -> Callable[[Room], Room]:
        """Register a view under /desk for some methods, for those who may do `act`.

        It is called with the Visit (None for a stranger, at Act.ENTER) and what the rule holds; `slug` is `visit.campaign`.
        `largest` is how many octets a form sent to it may have, where that is more than elsewhere; `always` whether it takes
        forms also while the operator has the site only show what is there, as those do that let people in and out.
        """

        def register(view: Room) -> Room:
            def admitted(**values: Any) -> ResponseReturnValue:
                return self._admit(act, view, largest, values, always=always)

            admitted.act = act  # type: ignore[attr-defined]
            self.add_url_rule(rule, f"{view.__name__}_{'_'.join(methods).lower()}", admitted, methods=list(methods))
            return view

        return register


def next_path(default: str = "/desk/") -> str:
    """Where somebody wanted to go when they were asked who they are: a path of the desk, and nothing else."""
    wanted = request.values.get("next", "")[:_LONGEST_NEXT]
    parts = urlsplit(wanted)
    ours = not parts.scheme and not parts.netloc and wanted.startswith("/desk/") and "\\" not in wanted
    return wanted if ours and wanted.isprintable() else default


_FROM_ELSEWHERE = Words("That came from another site", "Open the desk and do it there.")
_FORM_TOO_OLD = Words("This page was open for too long", "You have signed in again since. Go back, reload it and try again.")
_NOT_YOURS = Words(
    "That is not yours to do", "Your role in this campaign does not include it. One of its owners can change it."
)
_READ_ONLY = Words(
    "The site is read-only right now",
    "Its operator lets nothing be changed for a while. Nothing was stored. Go back, keep what you typed, and send it later.",
)
_SIGNED_OUT = Words("You are signed out", "Nothing was stored. Sign in in another window, come back here and try again.")


def _from_our_pages() -> bool:
    site = request.headers.get("Sec-Fetch-Site", "same-origin")
    origin = request.headers.get("Origin")
    return site in ("same-origin", "none") and (origin is None or urlsplit(origin).netloc == request.host)


def _ask_who(path: str, *, signed_out: bool = False) -> Response:
    """Send somebody to a page that asks who they are, and then back. What they sent with a form is not stored."""
    if request.method in ("GET", "HEAD"):
        wanted = request.full_path.rstrip("?")[:_LONGEST_NEXT]
    elif signed_out:
        return error_page(401, _SIGNED_OUT)
    else:
        wanted = urlsplit(request.referrer or "").path or "/desk/"
    return redirect(f"{path}?{urlencode({'next': wanted})}", 303)  # type: ignore[return-value]
