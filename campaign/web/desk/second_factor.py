"""Between a first proof and the session: whoever has a code app is asked for a code, in whatever way they came."""

from urllib.parse import urlencode

from flask import Response, redirect, request
from flask.typing import ResponseReturnValue

from campaign.domain.actor import Actor
from campaign.domain.refusal import Refused
from campaign.domain.role import Act
from campaign.proving import codes
from campaign.runtime import Runtime
from campaign.store import audit, halves, people
from campaign.store.halves import Half
from campaign.store.people import Campaigner
from campaign.web.desk.confirm import status_of
from campaign.web.desk.entry import here, let_in
from campaign.web.desk.furniture import show
from campaign.web.desk.gate import Desk, Gate, Visit, next_path

_HALF = "cs_half"


def begin_or_ask(
    runtime: Runtime, campaigner: Campaigner, wanted: str, by: str, before: Visit | None, *, second_factor: bool = False
) -> Response:
    """The answer to who has given a first proof: a new session and the page they wanted, or the question for a code.

    `by` is what they came by (link, password, passkey), for the audit trail; `before`, who was signed in in this browser;
    `second_factor`, whether what they came by is two proofs in one. Raises RedisUnavailable.
    """
    if campaigner.has_totp and not second_factor:
        return ask_for_code(runtime, campaigner.id, wanted, by)
    return _begin(runtime, campaigner, wanted, by, before, second_factor=second_factor)


def ask_for_code(runtime: Runtime, campaigner_id: int, wanted: str, by: str) -> Response:
    """Lead a browser from which somebody with a code app gave their first proof to where it is asked for a code."""
    cookie = runtime.token()
    runtime.ask_redis(lambda redis: halves.keep(redis, cookie, Half(campaigner_id, wanted, by)))
    response = redirect(f"/desk/sign-in/code?{urlencode({'next': wanted})}", 303)
    response.set_cookie(
        _HALF, cookie, max_age=halves.SECONDS, path="/desk/sign-in",
        secure=runtime.settings.base_url.startswith("https:"), httponly=True, samesite="Lax",
    )  # fmt: skip
    return response  # type: ignore[return-value]


def second_factor_room(runtime: Runtime, gate: Gate) -> Desk:
    """`GET` and `POST /desk/sign-in/code`."""
    room = gate.room("second_factor")

    @room.at("/sign-in/code", Act.ENTER, "GET")
    def code(_visit: Visit | None) -> ResponseReturnValue:
        cookie = request.cookies.get(_HALF, "")
        if not cookie or runtime.ask_redis(lambda redis: halves.get(redis, cookie)) is None:
            return _from_the_start()
        return show("sign_in_code.html", errors={})

    @room.at("/sign-in/code", Act.ENTER, "POST")
    def enter_code(visit: Visit | None) -> ResponseReturnValue:
        cookie = request.cookies.get(_HALF, "")
        half = runtime.ask_redis(lambda redis: halves.tried(redis, cookie)) if cookie else None
        if half is None:
            return _from_the_start()
        with runtime.reading() as connection:
            campaigner = people.by_id(connection, half.campaigner_id)
        if campaigner is None or campaigner.disabled_at is not None:
            return _from_the_start()
        try:
            codes.check(runtime, campaigner.id, _actor(campaigner), request.form.get("code", ""))
        except Refused as refused:
            return show("sign_in_code.html", status_of(refused), errors={"code": str(refused)})
        if not runtime.ask_redis(lambda redis: halves.end(redis, cookie)):
            return _from_the_start()
        response = _begin(runtime, campaigner, half.next_path, half.by, visit, second_factor=True)
        response.delete_cookie(_HALF, path="/desk/sign-in")
        return response

    return room


def _begin(
    runtime: Runtime, campaigner: Campaigner, wanted: str, by: str, before: Visit | None, *, second_factor: bool
) -> Response:
    device, _ = here()
    with runtime.transaction() as connection:
        became = {"by": by, "device": device, "second factor": second_factor}
        audit.record(connection, _actor(campaigner), "sign in", runtime.now(), became=became)
        cookie = runtime.begin_session(campaigner.id, device, second_factor=second_factor)
    return let_in(runtime, cookie, wanted, before)


def _actor(campaigner: Campaigner) -> Actor:
    return Actor(campaigner.name or "a campaigner", campaigner.id, here()[1])


def _from_the_start() -> Response:
    return redirect(f"/desk/sign-in?{urlencode({'next': next_path()})}", 303)  # type: ignore[return-value]
