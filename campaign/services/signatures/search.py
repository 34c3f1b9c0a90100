"""Looking for signatures at the desk: a page of the table, how many there are, and filters that are kept or saved."""

import json
from dataclasses import dataclass

from campaign.domain.accounts.actor import Actor
from campaign.domain.campaigns.campaign import Campaign
from campaign.domain.common.invalid_input import InvalidInputError
from campaign.domain.signatures.filters import Filters, InvalidFiltersError, filters_from_json
from campaign.domain.signatures.mail_domains import MIN_NAMED_DOMAIN
from campaign.domain.signatures.signature import SignatureState
from campaign.runtime import Runtime
from campaign.security.encryption import DecryptionError
from campaign.store.accounts import audit_log
from campaign.store.campaigns import text_versions
from campaign.store.database.query_timeout import StatementTimeoutError, statement_timeout
from campaign.store.redis import encrypted_searches
from campaign.store.signatures import saved_filters, signature_list
from campaign.store.signatures.saved_filters import SavedFilter
from campaign.store.signatures.signature_list import Cursor, SignaturePage

PAGE_SIZES = (25, 50, 100)
"""How many rows a page may have."""
PAGE_SIZE = 50
SEARCH_TIMEOUT_SECONDS = 3.0
"""Seconds a search may take, and then counting what it finds once more as long."""
MAX_NAME_CHARACTERS = 80
"""Characters of the name filters are saved under."""


@dataclass(frozen=True, slots=True)
class Total:
    """Total of signatures found."""

    amount: int
    more: bool = False
    """There are more: nobody counts millions for a page."""


@dataclass(frozen=True, slots=True)
class SearchResult:
    """Result of a search."""

    page: SignaturePage
    total: Total | None
    """None where counting them would take too long, and where they are all there are: the tally says how many these are."""


def search_signatures(
    runtime: Runtime, campaign: Campaign, filters: Filters, cursor: Cursor | None, size: int, *, with_addresses: bool
) -> SearchResult:
    """A page of a campaign's signatures, newest first; email addresses and networks only where `addresses` says so.

    Raises StatementTimeoutError where it cannot be found in the time anybody should wait for it.
    """
    with runtime.snapshot() as connection, statement_timeout(connection, SEARCH_TIMEOUT_SECONDS):
        page = signature_list.signature_page(connection, campaign.id, filters, cursor, size, with_addresses=with_addresses)
    return SearchResult(page, _total(runtime, campaign, filters))


def is_private_domain(runtime: Runtime, campaign: Campaign, domain: str) -> bool:
    """Whether so few have signed with a mail domain, or nobody, that it is treated as an address."""
    with runtime.reading() as connection:
        return signature_list.count_at_domain(connection, campaign.id, domain, MIN_NAMED_DOMAIN) < MIN_NAMED_DOMAIN


def signed_texts(runtime: Runtime, campaign_id: int) -> list[tuple[str, str]]:
    """The versions of the text that can have been signed, the newest first: the hash of each, and what it is called."""
    with runtime.reading() as connection:
        editions = text_versions.list_text_versions(connection, campaign_id)
    several = len({edition.language for edition in editions}) > 1
    named: dict[str, str] = {}
    for edition in editions:
        language = f" ({edition.language})" if several else ""
        named.setdefault(edition.text.hash, f"Version {edition.number}{language}: {edition.text.title}")
    return list(named.items())


def store_search(runtime: Runtime, session: str, campaigner_id: int, campaign_id: int, filters: Filters) -> str:
    """Keep a search for an hour, sealed, for one session; returns the random name it is found by. Raises
    RedisUnavailableError."""
    name = runtime.random_token()
    sealed = runtime.text_cipher.encrypt(campaigner_id, json.dumps(filters.to_json()))
    runtime.call_redis(lambda redis: encrypted_searches.store_search(redis, session, campaign_id, name, sealed))
    return name


def get_stored_search(runtime: Runtime, session: str, campaigner_id: int, campaign_id: int, name: str) -> Filters | None:
    """A search that was kept; None where its hour is over, or it is another session's. Raises RedisUnavailableError."""
    sealed = runtime.call_redis(lambda redis: encrypted_searches.get_search(redis, session, campaign_id, name))
    if sealed is None:
        return None
    try:
        return filters_from_json(json.loads(runtime.text_cipher.decrypt(campaigner_id, sealed)))
    except (DecryptionError, InvalidFiltersError):
        return None


def list_saved_filters(runtime: Runtime, campaigner_id: int, campaign_id: int) -> list[SavedFilter]:
    """The filters somebody has saved for a campaign."""
    with runtime.reading() as connection:
        return saved_filters.list_saved_filters(connection, campaigner_id, campaign_id)


def get_saved_filters(runtime: Runtime, campaigner_id: int, campaign_id: int, saved_id: int) -> tuple[str, Filters] | None:
    """The name and the filters of one of them; None where it is not theirs, or cannot be read any more."""
    with runtime.reading() as connection:
        found = saved_filters.get_saved_filter(connection, campaigner_id, campaign_id, saved_id)
    try:
        return None if found is None else (found.name, filters_from_json(found.filters))
    except InvalidFiltersError:
        # Saved before what is refused now: better nothing than everything.
        return None


def save_filters(runtime: Runtime, actor: Actor, campaign_id: int, name: str, filters: Filters) -> None:
    """Save filters under a name, in place of those that had it before. Raises InvalidInputError."""
    name = " ".join(name.split())
    if not name or not name.isprintable():
        raise InvalidInputError("Give the search a name to find it by.")
    if len(name) > MAX_NAME_CHARACTERS:
        raise InvalidInputError(f"The name must be {MAX_NAME_CHARACTERS} characters or fewer.")
    if not filters.active:
        raise InvalidInputError("There is nothing to save: choose a filter first.")
    now = runtime.now()
    with runtime.transaction() as connection:
        if not saved_filters.save_filter(connection, _campaigner_id(actor), campaign_id, name, filters.to_json(), now):
            raise InvalidInputError(f"You have saved {saved_filters.MAX_SAVED_FILTERS} searches here. Delete one first.")
        audit_log.record(
            connection, actor, "save filters", now, campaign_id=campaign_id, after={"filters": list(filters.active)}
        )


def delete_saved_filters(runtime: Runtime, actor: Actor, campaign_id: int, saved_id: int) -> bool:
    """Delete saved filters. False where they are not there, or not theirs."""
    with runtime.transaction() as connection:
        if not saved_filters.delete_saved_filter(connection, _campaigner_id(actor), campaign_id, saved_id):
            return False
        audit_log.record(connection, actor, "delete filters", runtime.now(), campaign_id=campaign_id)
    return True


def record_search(runtime: Runtime, actor: Actor, campaign_id: int, filters: Filters) -> None:
    """Note in the audit trail that somebody searched, and by what; never for whom."""
    facts = {"filters": list(filters.active)}
    with runtime.transaction() as connection:
        audit_log.record(connection, actor, "search signatures", runtime.now(), campaign_id=campaign_id, after=facts)


def _total(runtime: Runtime, campaign: Campaign, filters: Filters) -> Total | None:
    tallied = {SignatureState.VERIFIED: campaign.verified + campaign.held, SignatureState.PENDING: campaign.pending}
    if filters.active == ("states",) and all(state in tallied for state in filters.states):
        return Total(sum(tallied[state] for state in filters.states))
    if not filters.active:
        return None
    try:
        with runtime.snapshot() as connection, statement_timeout(connection, SEARCH_TIMEOUT_SECONDS):
            return Total(*signature_list.count_matches(connection, campaign.id, filters))
    except StatementTimeoutError:
        return None


def _campaigner_id(actor: Actor) -> int:
    if actor.campaigner_id is None:
        raise LookupError("only campaigners save filters")
    return actor.campaigner_id
