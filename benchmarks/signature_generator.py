"""A crowd that signs: millions of signatures over two months, with what the ledger and every total have made of them.

The same seed gives the same crowd at the same moment. Signatures and entries come as lines of columns with a tab between them,
in the form of PostgreSQL's COPY, since nothing else is made as fast; what is null is NULL.
"""

import math
import random
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from benchmarks import sample_values
from campaign.domain.ledger.latency_histogram import bucket_number
from campaign.domain.signatures.consent import CURRENT_UPDATES_WORDING

COPY_NULL = "\\N"
DAYS = 60
NETWORK_RETENTION_HOURS = 30 * 24
"""Hours."""
BURST_DOMAIN_AND_NETWORK = ("burst.example", "203.0.113.0/24")
"""A script's mail domain and network: one of 500 signatures, all within an hour."""
SIGNATURE_COLUMNS = (
    "campaign_id", "text_hash", "edition", "edition_floor", "browser_hash", "id", "state", "counted_as", "country",
    "counted_country", "name", "name_key", "surname_key", "email", "email_key", "domain", "mailbox_hash", "link_key",
    "postcode", "area", "counted_area", "comment", "public", "updates", "updates_wording", "updates_at", "source",
    "counted_source", "network", "link_opened", "counted_link_opened", "signed_at", "submitted_at", "verified_at", "ended_at",
    "ended_reason", "ended_class", "ordinal",
)  # fmt: skip
LEDGER_COLUMNS = ("campaign_id", "sequence", "signature_id", "event", "change", "total", "at")
_REMOVAL_KINDS = ("program", "duplicate", "false")
_CHUNK_ROWS = 50_000


@dataclass
class Totals:
    """Sums of all that was made."""

    sequence: int = 0
    verified: int = 0
    pending: int = 0
    by_country: Counter[str] = field(default_factory=Counter)
    by_source: Counter[str] = field(default_factory=Counter)
    by_area: Counter[str] = field(default_factory=Counter)
    removed: Counter[str] = field(default_factory=Counter)
    hours: dict[int, list[int]] = field(default_factory=lambda: defaultdict(lambda: [0, 0]))
    """Added and ended, by hour from the begin."""
    cohorts: dict[tuple[int, str], list[int]] = field(default_factory=lambda: defaultdict(lambda: [0, 0, 0, 0, 0]))
    """Submitted, sent, refused, opened, verified, by hour and domain."""
    waits: Counter[tuple[int, int]] = field(default_factory=Counter)
    milestones: list[tuple[int, int, str]] = field(default_factory=list)
    """Goal, sequence, time."""


@dataclass
class Chunk:
    """Lines to store."""

    signature_lines: list[str] = field(default_factory=list)
    ledger_lines: list[str] = field(default_factory=list)


@dataclass
class SignatureGenerator:
    """`number` signatures of one campaign, the first with the id `first_id`, given in the DAYS before `until`."""

    campaign_id: int
    text_hash: str
    number: int
    first_id: int
    end: datetime
    goals: tuple[int, ...]
    seed: int = 1
    totals: Totals = field(default_factory=Totals)

    def __post_init__(self) -> None:
        self.rng = random.Random(self.seed)
        self.begin = self.end.replace(minute=0, second=0, microsecond=0) - timedelta(hours=DAYS * 24)
        self._hours = [f"{self.begin + timedelta(hours=hour):%Y-%m-%d %H:}" for hour in range(DAYS * 24)]
        self._seconds = [f"{second // 60:02}:{second % 60:02}.000000" for second in range(3600)]
        self._waits = [min(3 * 86_400, 8 + int(self.rng.lognormvariate(math.log(150), 1.7))) for _ in range(20_000)]
        # What happens later to signatures given earlier, by the hour it happens in: second, id, event, and a row to be stored.
        self._later_events: dict[int, list[tuple[int, int, str, str]]] = defaultdict(list)
        self._pools = (
            sample_values.names(),
            sample_values.domains(),
            sample_values.sources(),
            sample_values.places(self.rng),
            sample_values.networks(self.rng),
            sample_values.comments(),
        )

    def chunks(self) -> Iterator[Chunk]:
        """All of it, in pieces; after the last, `totals` are complete."""
        chunk, next_id = Chunk(), self.first_id
        burst = max(12, self.number // 500)
        for hour, amount in enumerate(hourly_counts(self.number - burst)):
            extra = burst if hour == DAYS * 24 - 100 else 0
            self._sign(chunk, hour, next_id, amount, extra)
            next_id += amount + extra
            self._count(chunk, hour)
            if len(chunk.signature_lines) >= _CHUNK_ROWS:
                yield chunk
                chunk = Chunk()
        yield chunk

    def _sign(self, chunk: Chunk, hour: int, first_id: int, amount: int, burst: int) -> None:
        chance, totals, seconds, hours, last = self.rng, self.totals, self._seconds, self._hours, DAYS * 24 * 3600 - 1
        number = amount + burst
        columns: list[list[Any]] = [list(pool.sample(chance, number)) for pool in self._pools]
        if burst:
            for column, value in ((1, BURST_DOMAIN_AND_NETWORK[0]), (4, BURST_DOMAIN_AND_NETWORK[1])):
                columns[column][amount:] = [value] * burst
        keeps_network = hour >= DAYS * 24 - NETWORK_RETENTION_HOURS
        moments = sorted(chance.choices(range(3600), k=amount)) + sorted(chance.choices(range(600, 1200), k=burst))
        lead = f"{self.campaign_id}\t{self.text_hash}\t1\t1\t"
        ids = range(first_id, first_id + number)
        for ident, second, name, domain, source, (country, postcode, area), network, comment in zip(
            ids, moments, *columns, strict=True
        ):
            luck, bits = chance.random(), f"{chance.getrandbits(192):048x}"
            signed = hours[hour] + seconds[second]
            moment = hour * 3600 + second
            wait = self._waits[ident * 7919 % 20_000]
            verified = luck >= 0.042 and moment + wait < last
            opened = verified or luck < 0.01
            state = "verified" if verified else "pending" if luck < 0.04 or luck >= 0.042 else "withdrawn"
            ended, reason, kind, verified_at = COPY_NULL, "", "", COPY_NULL
            if verified:
                verified_at = hours[(moment + wait) // 3600] + seconds[(moment + wait) % 3600]
                if luck < 0.055:
                    gone = min(last, moment + wait + 60 + int(luck * 1e9) % 600_000)
                    state, event = ("withdrawn", "withdraw") if luck < 0.05 else ("invalidated", "invalidate")
                    ended = hours[gone // 3600] + seconds[gone % 3600]
                    if event == "invalidate":
                        kind, reason = _REMOVAL_KINDS[ident % 3], "Found by the moderators"
                        totals.removed[kind] += 1
                    self._later_events[gone // 3600].append((gone % 3600, ident, event, ""))
            elif state == "withdrawn":
                ended = hours[hour] + seconds[min(3599, second + 30)]
            counts = state == "verified"
            email = f"{name.email_local_part}{ident}@{domain}"
            key = f"{name.local_part_without_dots}{ident}@{domain}" if domain == "gmail.com" else email
            updates = bits[0] < "5"
            row = (
                f"{lead}\t{ident}\t{state}\t{state}\t{country}\t{country}\t{name.name}\t{name.key}\t{name.surname}\t{email}\t{key}"
                f"\t{domain}\t{bits[:32]}\t{bits[32:]}\t{postcode}\t{area}\t{area}\t{comment}\t{'1' if bits[1] < '9' else '0'}"
                f"\t{'1' if updates else '0'}\t{CURRENT_UPDATES_WORDING if updates else ''}\t"
                f"{signed if updates else COPY_NULL}\t{source}"
                f"\t{source}\t{network if keeps_network else ''}\t{int(opened)}\t{int(opened)}\t{signed}\t{signed}"
                f"\t{verified_at}\t{ended}\t{reason}\t{kind}\t"
            )
            cohort = totals.cohorts[hour, domain]
            cohort[0] += 1
            refused = not opened and bits[2] < "2"
            cohort[2 if refused else 1] += 1
            cohort[3] += opened
            cohort[4] += verified
            if counts:
                totals.by_country[country] += 1
                totals.by_source[source] += 1
                totals.by_area[area] += 1
            if verified:
                totals.waits[hour, bucket_number(wait)] += 1
                self._later_events[(moment + wait) // 3600].append(((moment + wait) % 3600, ident, "verify", row))
            else:
                totals.pending += state == "pending"
                chunk.signature_lines.append(row + COPY_NULL)

    def _count(self, chunk: Chunk, hour: int) -> None:
        totals, start, seconds = self.totals, self._hours[hour], self._seconds
        for second, ident, event, row in sorted(self._later_events.pop(hour, ())):
            totals.sequence += 1
            at = start + seconds[second]
            if event == "verify":
                totals.verified += 1
                totals.hours[hour][0] += 1
                chunk.signature_lines.append(f"{row}{totals.verified}")
                if totals.verified in self.goals and all(goal != totals.verified for goal, *_ in totals.milestones):
                    totals.milestones.append((totals.verified, totals.sequence, at))
            else:
                totals.verified -= 1
                totals.hours[hour][1] += 1
            change = 1 if event == "verify" else -1
            chunk.ledger_lines.append(
                f"{self.campaign_id}\t{totals.sequence}\t{ident}\t{event}\t{change}\t{totals.verified}\t{at}"
            )


def hourly_counts(number: int) -> list[int]:
    """How many sign in each hour: few by night, a flood in two of them, and ever fewer in between."""
    weights = []
    for hour in range(DAYS * 24):
        awake = 0.12 + max(0.0, math.sin((hour % 24 - 6) / 18 * math.pi)) if hour % 24 >= 6 else 0.08
        floods = sum(40 * math.exp(-(hour - begin) / 7) for begin in (3 * 24 + 20, 41 * 24 + 9) if hour >= begin)
        weights.append(awake * (1.5 * math.exp(-hour / 500) + 0.5 + floods))
    found, before, total, so_far = [], 0, sum(weights), 0.0
    for weight in weights:
        so_far += weight
        upto = round(number * so_far / total)
        found.append(upto - before)
        before = upto
    return found
