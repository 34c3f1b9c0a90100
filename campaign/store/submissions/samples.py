"""Samples that were drawn, what they found, and the signatures of one: which are counted at an entry of the ledger, and who
gave them.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, Row, bindparam, func, select, update

from campaign.domain.signatures.signature import SignatureState
from campaign.domain.submissions.sample import SampleResults
from campaign.store.database.statements import columns_of
from campaign.store.tables import ledger, samples, signatures

_IDS_PER_QUERY = 500
_ROWS_PER_BATCH = 10_000


@dataclass(frozen=True, slots=True)
class Sample:
    """A sample that was drawn from the counted signatures of a campaign."""

    id: int
    campaign_id: int
    seed: str
    size: int
    """How many were asked for."""
    drawn: int
    population: int
    """Counted signatures that it was drawn from."""
    sequence: int
    """The last entry of the ledger that was looked at."""
    valid: int | None
    """Null until the results are noted."""
    invalid: int | None
    unreachable: int | None
    created_at: datetime
    noted_at: datetime | None

    @property
    def results(self) -> SampleResults | None:
        """What was found; None until it is noted."""
        if self.valid is None or self.invalid is None or self.unreachable is None:
            return None
        return SampleResults(self.valid, self.invalid, self.unreachable)


@dataclass(frozen=True, slots=True)
class SampledSignature:
    """Signature of a sample as it is disclosed; all but `counted` is empty where it was erased or is no longer counted."""

    name: str
    postcode: str
    country: str
    kind: str
    signed_at: datetime | None
    counted: bool


_SAMPLES = select(*columns_of(Sample, samples))
_GET = _SAMPLES.where(samples.c.id == bindparam("id"))
_OF_CAMPAIGN = _SAMPLES.where(samples.c.campaign_id == bindparam("campaign_id")).order_by(samples.c.id)
_LAST_ENTRY = select(func.coalesce(func.max(ledger.c.sequence), 0)).where(ledger.c.campaign_id == bindparam("campaign_id"))
_COUNTED = (
    select(ledger.c.signature_id, func.min(ledger.c.sequence).label("sequence"))
    .where(ledger.c.campaign_id == bindparam("campaign_id"), ledger.c.sequence <= bindparam("up_to"))
    .group_by(ledger.c.signature_id)
    .having(func.sum(ledger.c.change) == 1)
    .order_by(func.min(ledger.c.sequence))
)
_DETAILS = select(
    signatures.c.id, signatures.c.name, signatures.c.postcode, signatures.c.country, signatures.c.kind,
    signatures.c.signed_at, signatures.c.state, signatures.c.erased_at,
).where(signatures.c.id.in_(bindparam("ids", expanding=True)))  # fmt: skip
_NOTE = (
    update(samples)
    .where(samples.c.id == bindparam("of_id"))
    .values(
        valid=bindparam("n_valid"), invalid=bindparam("n_invalid"), unreachable=bindparam("n_unreachable"),
        noted_at=bindparam("at", type_=samples.c.noted_at.type),
    )
)  # fmt: skip


def last_entry(connection: Connection, campaign_id: int) -> int:
    """Sequence of the last entry of a campaign's ledger; 0 where it is empty."""
    return int(connection.execute(_LAST_ENTRY, {"campaign_id": campaign_id}).scalar_one())


def counted_at(connection: Connection, campaign_id: int, sequence: int) -> Iterator[tuple[int, int]]:
    """For each signature counted after an entry of the ledger: the sequence of the entry that first added it, and its id."""
    statement = _COUNTED.execution_options(stream_results=True, max_row_buffer=_ROWS_PER_BATCH)
    for row in connection.execute(statement, {"campaign_id": campaign_id, "up_to": sequence}):
        yield row.sequence, row.signature_id


def create(
    connection: Connection, campaign_id: int, *, seed: str, size: int, drawn: int, population: int, sequence: int,
    now: datetime,
) -> int:  # fmt: skip
    """Id of a sample that was drawn."""
    values = {
        "campaign_id": campaign_id, "seed": seed, "size": size, "drawn": drawn, "population": population, "sequence": sequence,
        "created_at": now,
    }  # fmt: skip
    return int(connection.execute(samples.insert().values(**values).returning(samples.c.id)).scalar_one())


def get(connection: Connection, sample_id: int) -> Sample | None:
    """One sample; None where there is none."""
    row = connection.execute(_GET, {"id": sample_id}).one_or_none()
    return None if row is None else Sample(**row._asdict())


def list_samples(connection: Connection, campaign_id: int) -> list[Sample]:
    """The samples drawn of a campaign, the first one first."""
    return [Sample(**row._asdict()) for row in connection.execute(_OF_CAMPAIGN, {"campaign_id": campaign_id})]


def note_results(connection: Connection, sample_id: int, results: SampleResults, now: datetime) -> bool:
    """Note what a sample has found, over what was noted before. False where there is no such sample."""
    given = {
        "of_id": sample_id, "n_valid": results.valid, "n_invalid": results.invalid, "n_unreachable": results.unreachable,
        "at": now,
    }  # fmt: skip
    return connection.execute(_NOTE, given).rowcount == 1


def sampled_signatures(connection: Connection, ids: Sequence[int]) -> dict[int, SampledSignature]:
    """What is disclosed of signatures, by their ids. Those that are gone are missing."""
    found: dict[int, SampledSignature] = {}
    for at in range(0, len(ids), _IDS_PER_QUERY):
        for row in connection.execute(_DETAILS, {"ids": ids[at : at + _IDS_PER_QUERY]}):
            found[row.id] = _disclosed(row)
    return found


def _disclosed(row: Row[int, str, str, str, str, datetime, SignatureState, datetime | None]) -> SampledSignature:
    if row.state != SignatureState.VERIFIED or row.erased_at is not None:
        return SampledSignature("", "", "", "", None, counted=False)
    return SampledSignature(row.name, row.postcode, row.country, row.kind, row.signed_at, counted=True)
