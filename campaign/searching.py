"""Looking for signatures at the desk: a page of the table, how many there are, and filters that are kept or saved."""

import json
from dataclasses import dataclass

from campaign.domain.actor import Actor
from campaign.domain.filters import Filters, FiltersRefused, read_json
from campaign.domain.refusal import Refused
from campaign.domain.signature import SignatureState
from campaign.domain.standing import Standing
from campaign.runtime import Runtime
from campaign.sealing import Sealed
from campaign.store import audit, history, saved_filters, searches, table
from campaign.store.bounded import TooSlow, at_most
from campaign.store.saved_filters import Saved
from campaign.store.table import Cursor, Page

SIZES = (25, 50, 100)
"""How many rows a page may have."""
SIZE = 50
PATIENCE = 3.0
"""Seconds a search may take, and then counting what it finds once more as long."""
LONGEST_NAME = 80
"""Characters of the name filters are saved under."""


@dataclass(frozen=True, slots=True)
class Total:
    """How many signatures were found."""

    amount: int
    more: bool = False
    """There are more: nobody counts millions for a page."""


@dataclass(frozen=True, slots=True)
class Found:
    """What a search found."""

    page: Page
    total: Total | None
    """None where counting them would take too long, and where they are all there are: the tally says how many these are."""


def look(runtime: Runtime, standing: Standing, filters: Filters, cursor: Cursor | None, size: int, *, addresses: bool) -> Found:
    """A page of a campaign's signatures, newest first; email addresses and networks only where `addresses` says so.

    Raises TooSlow where it cannot be found in the time anybody should wait for it.
    """
    with runtime.snapshot() as connection, at_most(connection, PATIENCE):
        page = table.page(connection, standing.id, filters, cursor, size, addresses=addresses)
    return Found(page, _total(runtime, standing, filters))


def texts(runtime: Runtime, campaign_id: int) -> list[tuple[str, str]]:
    """The versions of the text that can have been signed, the newest first: the hash of each, and what it is called."""
    with runtime.reading() as connection:
        editions = history.editions(connection, campaign_id)
    several = len({edition.language for edition in editions}) > 1
    named: dict[str, str] = {}
    for edition in editions:
        language = f" ({edition.language})" if several else ""
        named.setdefault(edition.text.hash, f"Version {edition.number}{language}: {edition.text.title}")
    return list(named.items())


def keep(runtime: Runtime, session: str, campaigner_id: int, campaign_id: int, filters: Filters) -> str:
    """Keep a search for an hour, sealed, for one session; returns the random name it is found by. Raises RedisUnavailable."""
    name = runtime.token()
    sealed = runtime.sealer.seal(campaigner_id, json.dumps(filters.to_json()))
    runtime.ask_redis(lambda redis: searches.keep(redis, session, campaign_id, name, sealed))
    return name


def kept(runtime: Runtime, session: str, campaigner_id: int, campaign_id: int, name: str) -> Filters | None:
    """A search that was kept; None where its hour is over, or it is another session's. Raises RedisUnavailable."""
    sealed = runtime.ask_redis(lambda redis: searches.get(redis, session, campaign_id, name))
    if sealed is None:
        return None
    try:
        return read_json(json.loads(runtime.sealer.open(campaigner_id, sealed)))
    except (Sealed, FiltersRefused):
        return None


def saved(runtime: Runtime, campaigner_id: int, campaign_id: int) -> list[Saved]:
    """The filters somebody has saved for a campaign."""
    with runtime.reading() as connection:
        return saved_filters.of(connection, campaigner_id, campaign_id)


def open_saved(runtime: Runtime, campaigner_id: int, campaign_id: int, saved_id: int) -> tuple[str, Filters] | None:
    """The name and the filters of one of them; None where it is not theirs, or cannot be read any more."""
    with runtime.reading() as connection:
        found = saved_filters.get(connection, campaigner_id, campaign_id, saved_id)
    try:
        return None if found is None else (found.name, read_json(found.filters))
    except FiltersRefused:
        # Saved before what is refused now: better nothing than everything.
        return None


def save(runtime: Runtime, actor: Actor, campaign_id: int, name: str, filters: Filters) -> None:
    """Save filters under a name, in place of those that had it before. Raises Refused."""
    name = " ".join(name.split())
    if not name or not name.isprintable():
        raise Refused("Give the search a name to find it by.")
    if len(name) > LONGEST_NAME:
        raise Refused(f"The name must be {LONGEST_NAME} characters or fewer.")
    if not filters.used:
        raise Refused("There is nothing to save: choose a filter first.")
    now = runtime.now()
    with runtime.transaction() as connection:
        if not saved_filters.save(connection, _who(actor), campaign_id, name, filters.to_json(), now):
            raise Refused(f"You have saved {saved_filters.MOST} searches here. Delete one first.")
        audit.record(connection, actor, "save filters", now, campaign_id=campaign_id, became={"filters": list(filters.used)})


def forget(runtime: Runtime, actor: Actor, campaign_id: int, saved_id: int) -> bool:
    """Delete saved filters. False where they are not there, or not theirs."""
    with runtime.transaction() as connection:
        if not saved_filters.forget(connection, _who(actor), campaign_id, saved_id):
            return False
        audit.record(connection, actor, "delete filters", runtime.now(), campaign_id=campaign_id)
    return True


def note_search(runtime: Runtime, actor: Actor, campaign_id: int, filters: Filters) -> None:
    """Note in the audit trail that somebody searched, and by what; never for whom."""
    facts = {"filters": list(filters.used)}
    with runtime.transaction() as connection:
        audit.record(connection, actor, "search signatures", runtime.now(), campaign_id=campaign_id, became=facts)


def _total(runtime: Runtime, standing: Standing, filters: Filters) -> Total | None:
    tallied = {SignatureState.VERIFIED: standing.verified, SignatureState.PENDING: standing.pending}
    if filters.used == ("states",) and all(state in tallied for state in filters.states):
        return Total(sum(tallied[state] for state in filters.states))
    if not filters.used:
        return None
    try:
        with runtime.snapshot() as connection, at_most(connection, PATIENCE):
            return Total(*table.count(connection, standing.id, filters))
    except TooSlow:
        return None


def _who(actor: Actor) -> int:
    if actor.campaigner_id is None:
        raise LookupError("only campaigners save filters")
    return actor.campaigner_id
