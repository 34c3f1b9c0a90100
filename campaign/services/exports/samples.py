"""Samples for a recipient: drawn by words that they chose, and what checking them has found.

A sample is drawn from the signatures that are counted after one entry of the ledger, which is kept with it: the same words give
the same sample for ever, and anybody can work out from the public log which entries are in it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from campaign.domain.common.invalid_input import InvalidInputError
from campaign.domain.submissions.sample import draw
from campaign.store.accounts import audit_log
from campaign.store.submissions import samples

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from campaign.domain.accounts.actor import Actor
    from campaign.domain.campaigns.campaign import Campaign
    from campaign.domain.submissions.sample import SampleResults
    from campaign.runtime import Runtime
    from campaign.store.submissions.samples import Sample

MAX_SAMPLES = 20
"""Samples of one campaign: who draws again and again is looking for a sample, or for the list."""


def draw_sample(runtime: Runtime, connection: Connection, campaign: Campaign, actor: Actor, seed: str, size: int) -> Sample:
    """Draw a sample and note it. Raises InvalidInputError where nothing is counted, or too many were drawn."""
    if len(samples.list_samples(connection, campaign.id)) >= MAX_SAMPLES:
        raise InvalidInputError("%(most)d samples were drawn already. Every other one makes them worth less.", most=MAX_SAMPLES)
    sequence, now = samples.last_entry(connection, campaign.id), runtime.now()
    population = sum(1 for _ in samples.counted_at(connection, campaign.id, sequence))
    if not population:
        raise InvalidInputError("There is no counted signature to draw from.")
    drawn = min(size, population)
    sample_id = samples.create(
        connection, campaign.id, seed=seed, size=size, drawn=drawn, population=population, sequence=sequence,
        now=now,
    )  # fmt: skip
    audit_log.record(
        connection, actor, "draw sample", now, campaign_id=campaign.id, subject=f"sample {sample_id}",
        after={"seed": seed, "drawn": drawn, "of": population, "ledger entries": sequence},
    )  # fmt: skip
    found = samples.get(connection, sample_id)
    assert found is not None  # noqa: S101 - it was written a moment ago
    return found


def drawn_signatures(connection: Connection, sample: Sample) -> list[tuple[int, int]]:
    """The sequence and the id of each signature of a sample, in the order of the draw."""
    ids = dict(samples.counted_at(connection, sample.campaign_id, sample.sequence))
    return [(sequence, ids[sequence]) for sequence in draw(sample.seed, ids, sample.size)]


def list_samples(runtime: Runtime, campaign: Campaign) -> list[Sample]:
    """The samples drawn of a campaign, the first one first."""
    with runtime.reading() as connection:
        return samples.list_samples(connection, campaign.id)


def get_sample(runtime: Runtime, campaign: Campaign, sample_id: int) -> Sample | None:
    """A sample of a campaign; None where it has no such sample."""
    with runtime.reading() as connection:
        found = samples.get(connection, sample_id)
    return found if found is not None and found.campaign_id == campaign.id else None


def note_results(runtime: Runtime, actor: Actor, sample: Sample, results: SampleResults) -> None:
    """Note what a sample has found; the audit trail keeps what was noted before."""
    now, before = runtime.now(), sample.results
    with runtime.transaction() as connection:
        samples.note_results(connection, sample.id, results, now)
        audit_log.record(
            connection, actor, "note sample", now, campaign_id=sample.campaign_id, subject=f"sample {sample.id}",
            before=None if before is None else _facts(before), after=_facts(results),
        )  # fmt: skip


def _facts(results: SampleResults) -> dict[str, object]:
    return {"valid": results.valid, "not valid": results.invalid, "not reached": results.unreachable}
