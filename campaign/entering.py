"""How somebody comes to the desk: by a link, mailed to who asks for it or printed by the command line."""

from dataclasses import dataclass
from datetime import timedelta

from campaign.domain.actor import COMMAND_LINE, Actor
from campaign.domain.address import Address
from campaign.domain.refusal import Refused
from campaign.jobs import DELIVER_NOTICES
from campaign.links import NotOurs
from campaign.runtime import Runtime
from campaign.store import accounts, attempts, audit, entrances, notices, people, team
from campaign.store.accounts import AddressTaken
from campaign.store.people import Campaigner

__all__ = ["AddressTaken", "Entered", "Printed", "Said", "add", "ask", "enter", "everybody", "first", "look", "sign_out"]

MAILS_TO_ONE, MAILS_SECONDS = 5, 900
"""Mails with a link that one address gets in so many seconds, whoever asks for them."""
ASKED_BY_ONE, ASKED_SECONDS = 60, 3600
"""How often one network may ask in so many seconds: an office is one."""
PRINTED_LASTS = timedelta(hours=24)
"""How long a link printed by the command line signs somebody in."""


@dataclass(frozen=True, slots=True)
class Said:
    """What somebody says of themselves as they come in for the first time; empty where they are not asked."""

    name: str = ""
    address: Address | None = None


@dataclass(frozen=True, slots=True)
class Entered:
    """Somebody has used a link."""

    campaigner_id: int
    cookie: str
    """What their browser carries from here on; "" where they have a code app: then they are asked for a code first."""


def ask(runtime: Runtime, address: Address, network: str, wanted: str = "") -> bool:
    """Have a link mailed to a campaigner with this address, if there is one; it leads to the path `wanted`.

    Whoever asks, and whatever is on file, it does the same and takes as long. False where it was asked for too often; then
    nothing is mailed. Raises RedisUnavailable.
    """
    by, to = runtime.links.attempts_hash(f"network {network}"), runtime.links.attempts_hash(f"address {address.key}")
    allowed = runtime.ask_redis(
        lambda redis: (
            attempts.allow(redis, "asking", by, ASKED_BY_ONE, ASKED_SECONDS)
            and attempts.allow(redis, "mailing", to, MAILS_TO_ONE, MAILS_SECONDS)
        )
    )
    if allowed:
        with runtime.transaction() as connection:
            notices.promise_entrance(connection, address.key, wanted, runtime.now())
        runtime.hint(DELIVER_NOTICES)
    return allowed


def look(runtime: Runtime, token: str) -> Campaigner | None:
    """Whom a link would sign in now, changing nothing; None where it is not ours, used, or over."""
    try:
        entrance_id, key = runtime.links.read_entrance(token)
    except NotOurs:
        return None
    with runtime.reading() as connection:
        campaigner_id = entrances.whose(connection, entrance_id, key, runtime.now())
        return None if campaigner_id is None else people.by_id(connection, campaigner_id)


def enter(runtime: Runtime, token: str, device: str, network: str, said: Said) -> Entered | None:
    """Use a link up and sign a browser in, or have it asked for a code; None where the link is good no more.

    Raises AddressTaken where the address somebody says is theirs is another campaigner's, Refused where they must say one and
    do not, RedisUnavailable; then the link stays good.
    """
    try:
        entrance_id, key = runtime.links.read_entrance(token)
    except NotOurs:
        return None
    now = runtime.now()
    with runtime.transaction() as connection:
        campaigner_id = entrances.use(connection, entrance_id, key, now)
        campaigner = None if campaigner_id is None else people.by_id(connection, campaigner_id)
        if campaigner is None:
            return None
        name = campaigner.name or said.name
        if not campaigner.name:
            accounts.rename(connection, campaigner.id, name)
        if not campaigner.email:
            if said.address is None:
                raise Refused("Enter your email address.")
            accounts.set_address(connection, campaigner.id, said.address.typed, said.address.key)
        if campaigner.has_totp:
            return Entered(campaigner.id, "")
        actor = Actor(name or "a campaigner", campaigner.id, network)
        audit.record(connection, actor, "sign in", now, became={"by": "link", "device": device})
        # Before the commit, so that a link is not used up by somebody whom Redis could not let in. The other way round
        # harms nobody: a session whose cookie never left.
        return Entered(campaigner.id, runtime.begin_session(campaigner.id, device, second_factor=False))


def sign_out(runtime: Runtime, actor: Actor) -> None:
    """Note that somebody has signed out."""
    with runtime.transaction() as connection:
        audit.record(connection, actor, "sign out", runtime.now())


@dataclass(frozen=True, slots=True)
class Printed:
    """A link for the terminal of whoever has the machine."""

    campaigner_id: int
    url: str
    new: bool
    """Whether the campaigner is."""


def add(runtime: Runtime, address: Address, name: str, *, operator: bool) -> Printed | None:
    """A new campaigner, or one who is there, and a link that signs them in; None where they are shut out of the site."""
    now = runtime.now()
    with runtime.transaction() as connection:
        campaigner_id = people.add(connection, address.typed, address.key, name, now, operator=operator)
        new = campaigner_id is not None
        known = None if new else people.by_email_key(connection, address.key)
        if known is not None:
            if known.disabled_at is not None:
                return None
            campaigner_id = known.id
            if operator and accounts.make_operator(connection, known.id):
                audit.record(connection, COMMAND_LINE, "make operator", now, subject=str(known.id))
        assert campaigner_id is not None  # noqa: S101 - added, or known
        if new:
            became = {"operator": operator}
            audit.record(connection, COMMAND_LINE, "add campaigner", now, subject=str(campaigner_id), became=became)
        key = runtime.token()
        entrance_id = entrances.add(connection, key, campaigner_id, now, now + PRINTED_LASTS)
        audit.record(connection, COMMAND_LINE, "print link", now, subject=str(campaigner_id))
    return Printed(campaigner_id, _url(runtime, entrance_id, key), new)


def first(runtime: Runtime) -> str:
    """A link for the first campaigner, who looks after the whole site and every campaign that nobody looks after yet.

    Who that is they say when they come in. "" once somebody has, or where campaigners were added otherwise.
    """
    now = runtime.now()
    with runtime.transaction() as connection:
        campaigner_id = accounts.first(connection, now)
        if campaigner_id is None:
            return ""
        team.adopt(connection, campaigner_id, now)
        key = runtime.token()
        entrance_id = entrances.add(connection, key, campaigner_id, now, now + PRINTED_LASTS)
        audit.record(connection, COMMAND_LINE, "print link", now, subject=str(campaigner_id))
    return _url(runtime, entrance_id, key)


def everybody(runtime: Runtime, after: int = 0) -> list[Campaigner]:
    """Campaigners in the order they were made, from after a number on, a page at a time; an empty page is past the last."""
    with runtime.reading() as connection:
        return accounts.page(connection, after)


def _url(runtime: Runtime, entrance_id: int, key: str) -> str:
    return runtime.links.url(f"/desk/enter/{runtime.links.entrance_token(entrance_id, key)}")
