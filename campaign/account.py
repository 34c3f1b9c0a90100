"""What a campaigner does with their own account: their name, the mails they want, the browsers they are signed in with."""

from dataclasses import dataclass
from datetime import datetime

from campaign.domain.actor import Actor
from campaign.domain.address import Address, read_address
from campaign.domain.names import read_name
from campaign.domain.notice import ADDRESS_LASTS, Notice, NoticeKind
from campaign.domain.refusal import Refused
from campaign.jobs import DELIVER_NOTICES
from campaign.runtime import Runtime
from campaign.sealing import Sealed
from campaign.store import accounts, attempts, audit, entrances, notices, people, sessions
from campaign.store.accounts import AddressTaken
from campaign.store.people import Campaigner
from campaign.store.sessions import Session

__all__ = ["AddressTaken", "Wanted", "ask_address", "browsers", "rename", "sealed_address", "set_address", "sign_out_browser",
           "sign_out_others", "want", "wanted"]  # fmt: skip

ADDRESSES_ASKED, ADDRESSES_SECONDS = 5, 86_400
"""How often somebody may ask for another address in so many seconds."""


def rename(runtime: Runtime, actor: Actor, campaigner: Campaigner, name: str) -> bool:
    """Be called otherwise. False where that is the name already. Raises Refused with a sentence about the name."""
    name, now = read_name(name), runtime.now()
    if name == campaigner.name:
        return False
    with runtime.transaction() as connection:
        accounts.rename(connection, campaigner.id, name)
        audit.record(connection, actor, "change name", now, subject=f"campaigner {campaigner.id}")
    return True


def want(runtime: Runtime, actor: Actor, campaigner: Campaigner, *, told: bool, digest: bool) -> None:
    """Choose the mails one gets, beside those with links and those about one's place in a team."""
    was = {"told": campaigner.told, "digest": campaigner.digest}
    became = {"told": told, "digest": digest}
    with runtime.transaction() as connection:
        accounts.wants(connection, campaigner.id, told=told, digest=digest)
        if was != became:
            subject = f"campaigner {campaigner.id}"
            audit.record(connection, actor, "change mails", runtime.now(), subject=subject, was=was, became=became)


def browsers(runtime: Runtime, campaigner: Campaigner) -> list[Session]:
    """Where somebody is signed in, the one used last first. Raises RedisUnavailable."""
    now = runtime.now()
    return runtime.ask_redis(lambda redis: sessions.of(redis, campaigner.id, now))


def sign_out_browser(runtime: Runtime, actor: Actor, campaigner: Campaigner, session: str) -> bool:
    """Sign one browser out. False where it is none of theirs. Raises RedisUnavailable."""
    if session not in {each.id for each in browsers(runtime, campaigner)}:
        return False
    runtime.ask_redis(lambda redis: sessions.end(redis, campaigner.id, session))
    _note(runtime, actor, campaigner)
    return True


def sign_out_others(runtime: Runtime, actor: Actor, campaigner: Campaigner, but: str) -> None:
    """Sign every browser out but one. Raises RedisUnavailable."""
    runtime.ask_redis(lambda redis: sessions.end_all(redis, campaigner.id, but=but))
    _note(runtime, actor, campaigner)


def _note(runtime: Runtime, actor: Actor, campaigner: Campaigner) -> None:
    with runtime.transaction() as connection:
        audit.record(connection, actor, "end session", runtime.now(), subject=f"campaigner {campaigner.id}")


@dataclass(frozen=True, slots=True)
class Wanted:
    """An address somebody wants as theirs, as the link that was mailed to it says."""

    address: Address
    before: str
    """The key of the one they had: once that has changed, the link is over."""
    until: datetime


def ask_address(runtime: Runtime, campaigner: Campaigner, email: str) -> None:
    """Have a link mailed to an address that somebody wants as theirs. Raises Refused with a sentence about the address.

    Where it is another campaigner's nothing is mailed, and nothing tells so.
    """
    address, now = read_address(email), runtime.now()
    if address.typed == campaigner.email:
        raise Refused("That is your address already.")
    name = runtime.links.attempts_hash(f"campaigner {campaigner.id}")
    if not runtime.ask_redis(lambda redis: attempts.allow(redis, "address", name, ADDRESSES_ASKED, ADDRESSES_SECONDS)):
        raise Refused("You have asked for many addresses today. Go on tomorrow.")
    until = (now + ADDRESS_LASTS).isoformat()
    sealed = runtime.sealer.seal(campaigner.id, f"{address.typed} {until} {campaigner.email_key}")
    with runtime.transaction() as connection:
        other = people.by_email_key(connection, address.key)
        if other is None or other.id == campaigner.id:
            facts = {"what": "confirm", "sealed": sealed}
            notices.promise(connection, NoticeKind.ADDRESS, now, campaigner_id=campaigner.id, facts=facts)
    runtime.hint(DELIVER_NOTICES)


def wanted(runtime: Runtime, campaigner: Campaigner, sealed: str) -> Wanted | None:
    """What a link to a new address says; None where it is not this campaigner's, or over. It changes nothing."""
    try:
        typed, until, before = runtime.sealer.open(campaigner.id, sealed).split(" ")
        found = Wanted(read_address(typed), before, datetime.fromisoformat(until))
    except (Sealed, ValueError):
        return None
    return found if found.before == campaigner.email_key and runtime.now() < found.until else None


def set_address(runtime: Runtime, actor: Actor, campaigner: Campaigner, sealed: str) -> bool:
    """Make the address in a link somebody's own; the old one is told. False where the link is over. Raises AddressTaken."""
    found, now = wanted(runtime, campaigner, sealed), runtime.now()
    if found is None:
        return False
    old = runtime.sealer.seal(campaigner.id, f"{campaigner.email} - -")
    with runtime.transaction() as connection:
        accounts.set_address(connection, campaigner.id, found.address.typed, found.address.key)
        # Links that were mailed to the old address sign nobody in any more.
        entrances.end_all(connection, campaigner.id, now)
        facts = {"what": "changed", "sealed": old}
        notices.promise(connection, NoticeKind.ADDRESS, now, campaigner_id=campaigner.id, facts=facts)
        audit.record(connection, actor, "change address", now, subject=f"campaigner {campaigner.id}")
    runtime.hint(DELIVER_NOTICES)
    return True


def sealed_address(runtime: Runtime, notice: Notice) -> str:
    """The address a notice is sent to that does not go to the one on file. Raises Sealed where the key is gone."""
    return runtime.sealer.open(notice.campaigner_id or 0, str(notice.facts.get("sealed"))).partition(" ")[0]
