"""The audit trail as its readers want it: of a campaign or of the whole site, narrowed, page by page, and as a file."""

import csv
import io
import json
from collections.abc import Iterator
from dataclasses import dataclass

from campaign.domain.actor import Actor
from campaign.domain.acts import words_of
from campaign.domain.standing import Standing
from campaign.domain.wording import utc
from campaign.exports.csv_export import neutralised
from campaign.runtime import Runtime
from campaign.store import audit, campaigns
from campaign.store.audit import EVERYTHING, Entry, Wanted

COLUMNS = ("number", "when", "who", "campaigner", "act", "words", "on", "before", "after", "reason", "network")
_AT_ONCE = 500
"""Entries of an export that are in memory at once."""


@dataclass(frozen=True, slots=True)
class Trail:
    """One page of the audit trail."""

    entries: list[Entry]
    older: int | None
    """The entry that the next page begins below; None on the last one."""
    campaigns: dict[int, str]
    """The slugs of the campaigns that the entries are about."""


@dataclass(frozen=True, slots=True)
class Choices:
    """What a trail can be narrowed by."""

    acts: list[str]
    people: list[tuple[int, str]]


def trail(
    runtime: Runtime, standing: Standing | None, wanted: Wanted = EVERYTHING, before_id: int | None = None, most: int = 50
) -> Trail:
    """What was done with a campaign, or on the whole site, the newest first, older than the entry `before_id`."""
    campaign_id = None if standing is None else standing.id
    with runtime.reading() as connection:
        found = audit.page(connection, campaign_id, 2**62 if before_id is None else before_id, most + 1, wanted=wanted)
        about = {entry.campaign_id for entry in found[:most] if entry.campaign_id is not None}
        named = campaigns.by_ids(connection, sorted(about)) if standing is None else [standing]
    return Trail(
        found[:most], found[most - 1].id if len(found) > most else None, {each.id: each.slug for each in named}
    )  # fmt: skip


def choices(runtime: Runtime, standing: Standing | None) -> Choices:
    """What the trail of a campaign, or of the site, can be narrowed by."""
    campaign_id = None if standing is None else standing.id
    with runtime.reading() as connection:
        return Choices(audit.acts(connection, campaign_id), audit.people(connection, campaign_id))


def note_export(runtime: Runtime, actor: Actor, standing: Standing | None) -> None:
    """Note that somebody took the trail with them."""
    with runtime.transaction() as connection:
        campaign_id = None if standing is None else standing.id
        audit.record(connection, actor, "export audit", runtime.now(), campaign_id=campaign_id)


def export(runtime: Runtime, standing: Standing | None, wanted: Wanted = EVERYTHING) -> Iterator[bytes]:
    """The trail as CSV, the newest first, in pieces: text cells quoted, formulas neutralised, times in UTC.

    Entries that are made while it is read are not in it.
    """
    campaign_id = None if standing is None else standing.id
    yield _lines([COLUMNS])
    before_id = 2**62
    while True:
        with runtime.reading() as connection:
            entries = audit.page(connection, campaign_id, before_id, _AT_ONCE, wanted=wanted)
        if not entries:
            return
        yield _lines([_row(entry) for entry in entries])
        before_id = entries[-1].id


def _row(entry: Entry) -> tuple[str | int, ...]:
    texts = (
        entry.act, words_of(entry.act), entry.subject, _facts(entry.was), _facts(entry.became), entry.reason, entry.network,
    )  # fmt: skip
    who = "" if entry.campaigner_id is None else entry.campaigner_id
    return (entry.id, utc(entry.created_at), neutralised(entry.who), who, *map(neutralised, texts))


def _facts(facts: object) -> str:
    return json.dumps(facts, ensure_ascii=False, sort_keys=True) if facts else ""


def _lines(rows: list[tuple[str | int, ...]]) -> bytes:
    out = io.StringIO(newline="")
    csv.writer(out, quoting=csv.QUOTE_NONNUMERIC, lineterminator="\r\n").writerows(rows)
    return out.getvalue().encode()
