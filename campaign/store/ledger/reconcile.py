"""The totals of charts, added up again from signatures and ledger. Reads them all: for `reconcile`, never for a page.

Text: each recount is a UNION of a total with what it is the total of, taken apart by the hour in the words of each database,
and brings back one number.
"""

from collections import Counter
from dataclasses import dataclass

from sqlalchemy import Connection, and_, bindparam, func, select, text

from campaign.store.tables import retentions, signatures

_COUNTED = "campaign_id = :campaign_id AND counted_as = 'verified'"
_HOUR = {"sqlite": "strftime('%Y-%m-%d %H:00:00.000000', {})", "postgresql": "date_trunc('hour', {}, 'UTC')"}


@dataclass(frozen=True, slots=True)
class TotalsCheck:
    """Check of totals: how far they are from what they stand for. Nothing is wrong where every drift is 0."""

    drifts: dict[str, int]
    """By what the totals are of: the differences of all rows, added up without their sign."""
    deleted: int
    """Signatures submitted, as the cohorts tell, less those that are still there."""


_IS_FOLDED = select(retentions.c.campaign_id).where(
    retentions.c.campaign_id == bindparam("campaign_id"), retentions.c.started_at.is_not(None)
)
HELD = "held"
_is_held = and_(signatures.c.state == "verified", signatures.c.held_flag_id.is_not(None))
_BY_STATES = (
    select(signatures.c.state, _is_held.label("is_held"), signatures.c.counted_as, signatures.c.counted_held,
           func.count().label("signatures"))
    .where(signatures.c.campaign_id == bindparam("campaign_id"))
    .group_by(signatures.c.state, _is_held, signatures.c.counted_as, signatures.c.counted_held)
)  # fmt: skip


def check_totals(connection: Connection, campaign_id: int) -> TotalsCheck:
    """Add up one campaign's totals again.

    Cohorts keep what rows that were forgotten or erased had added. So they may say more than rows do, but never less; and of
    the verified ones the ledger still knows how many there were.
    """

    def ask(sql: str) -> int:
        return int(connection.execute(text(sql), {"campaign_id": campaign_id}).scalar_one() or 0)

    hour = _HOUR[connection.dialect.name]
    drifts = {f"by {column}": ask(_drift_by(column)) for column in ("country", "source", "area", "declaration")}
    drifts["by hour"] = ask(_HOURLY.format(hour=hour.format("at")))
    # Once the personal data of a campaign ends, cohorts are no longer told apart by mail domain, and rows lose theirs. A mail
    # that is tallied in between still has one, and is folded at the end.
    folded = connection.execute(_IS_FOLDED, {"campaign_id": campaign_id}).one_or_none() is not None
    # An expression: PostgreSQL groups by no constant.
    domain = "substr(domain, 1, 0)" if folded else "domain"
    cohorts = _COHORTS.format(hour=hour.format("coalesce(first_signed_at, signed_at)"), domain=domain)
    drifts["of cohorts"] = ask(
        f"SELECT {_shortfall('submitted')} + {_shortfall('opened')} + {_shortfall('verified')} FROM ({cohorts}) c"
    )
    drifts["ever verified"] = abs(ask(_EVER_VERIFIED))
    first_signed = hour.format("coalesce(s.first_signed_at, s.signed_at)")
    mailed_domain = "substr(s.domain, 1, 0)" if folded else "s.domain"
    drifts["of mails"] = ask(_MAILS.format(hour=first_signed, tallied_domain=domain, domain=mailed_domain))
    drifts["of waits"] = ask(_WAITS)
    drifts["of removals"] = ask(_REMOVALS)
    drifts["by place"] = ask(_BY_PLACE)
    drifts["on paper"] = abs(ask(_ON_PAPER))
    return TotalsCheck(drifts, ask(f"SELECT coalesce(sum(submitted), 0) FROM ({cohorts}) c WHERE submitted > 0"))


def count_by_state(connection: Connection, campaign_id: int) -> dict[tuple[str, str], int]:
    """How many signatures are in each pair of state and the state they are counted in; HELD where a flag holds them. Reads
    them all."""
    found: Counter[tuple[str, str]] = Counter()
    for row in connection.execute(_BY_STATES, {"campaign_id": campaign_id}):
        found[HELD if row.is_held else str(row.state), HELD if row.counted_held else row.counted_as] += row.signatures
    return dict(found)


def _shortfall(stage: str) -> str:
    """What the rows of a stage say and its totals do not."""
    return f"coalesce(sum(CASE WHEN {stage} < 0 THEN -{stage} ELSE 0 END), 0)"


def _drift_by(column: str) -> str:
    return f"""
        SELECT sum(abs(verified)) FROM (SELECT sum(verified) AS verified FROM (
            SELECT {column} AS part, verified FROM {column}_tallies WHERE campaign_id = :campaign_id
            UNION ALL SELECT counted_{column}, -count(*) FROM signatures WHERE {_COUNTED} GROUP BY counted_{column}
        ) t GROUP BY part) d"""


_BY_PLACE = f"""
    SELECT sum(abs(verified)) FROM (SELECT sum(verified) AS verified FROM (
        SELECT place_id, verified FROM place_tallies WHERE campaign_id = :campaign_id
        UNION ALL SELECT counted_place_id, -count(*) FROM signatures WHERE {_COUNTED} AND counted_place_id IS NOT NULL
            GROUP BY counted_place_id
    ) t GROUP BY place_id) d"""
_REMOVALS = """
    SELECT sum(abs(removed)) FROM (SELECT sum(removed) AS removed FROM (
        SELECT reason_class, removed FROM removal_tallies WHERE campaign_id = :campaign_id
        UNION ALL SELECT CASE WHEN ended_class = '' THEN 'other' ELSE ended_class END AS reason_class, -count(*)
            FROM signatures
            WHERE campaign_id = :campaign_id AND state = 'invalidated' AND verified_at IS NOT NULL
                AND ended_class <> 'undone'
            GROUP BY CASE WHEN ended_class = '' THEN 'other' ELSE ended_class END
    ) t GROUP BY reason_class) d"""
_HOURLY = """
    SELECT sum(abs(added) + abs(ended)) FROM (SELECT sum(added) AS added, sum(ended) AS ended FROM (
        SELECT hour, added, ended FROM hourly_tallies WHERE campaign_id = :campaign_id
        UNION ALL SELECT {hour}, -sum(CASE WHEN change = 1 THEN 1 ELSE 0 END), -sum(CASE WHEN change = 1 THEN 0 ELSE 1 END)
            FROM ledger WHERE campaign_id = :campaign_id GROUP BY {hour}
    ) t GROUP BY hour) d"""
_COHORTS = """
    SELECT sum(submitted) AS submitted, sum(opened) AS opened, sum(verified) AS verified FROM (
        SELECT hour, {domain} AS domain, submitted, opened, verified FROM cohort_tallies WHERE campaign_id = :campaign_id
        UNION ALL SELECT {hour}, {domain}, -count(*), -sum(counted_link_opened), -count(ordinal)
            FROM signatures WHERE campaign_id = :campaign_id AND counted_as <> 'none' AND counted_kind = 'online'
            GROUP BY {hour}, {domain}
    ) t GROUP BY hour, domain"""
_EVER_VERIFIED = """
    SELECT coalesce((SELECT sum(verified) FROM cohort_tallies WHERE campaign_id = :campaign_id), 0)
        - (SELECT count(DISTINCT signature_id) FROM ledger WHERE campaign_id = :campaign_id AND change = 1
               AND event <> 'paper')"""
_ON_PAPER = """
    SELECT coalesce((SELECT paper FROM tallies WHERE campaign_id = :campaign_id), 0)
        - (SELECT count(*) FROM signatures WHERE campaign_id = :campaign_id AND counted_as = 'verified'
               AND counted_kind = 'paper')"""
_MAILS = """
    SELECT sum(CASE WHEN sent < 0 THEN -sent ELSE 0 END + CASE WHEN refused < 0 THEN -refused ELSE 0 END
        + CASE WHEN unknown < 0 THEN -unknown ELSE 0 END + CASE WHEN reminded < 0 THEN -reminded ELSE 0 END
        + CASE WHEN delivered < 0 THEN -delivered ELSE 0 END + CASE WHEN bounced < 0 THEN -bounced ELSE 0 END) FROM (
        SELECT sum(sent) AS sent, sum(refused) AS refused, sum(unknown) AS unknown, sum(reminded) AS reminded,
            sum(delivered) AS delivered, sum(bounced) AS bounced FROM (
            SELECT hour, {tallied_domain} AS domain, sent, refused, unknown, reminded, delivered, bounced FROM cohort_tallies
                WHERE campaign_id = :campaign_id
            UNION ALL SELECT {hour}, {domain}, -sum(CASE WHEN o.kind = 'verify' AND o.state = 'sent' THEN 1 ELSE 0 END),
                -sum(CASE WHEN o.kind = 'verify' AND o.state = 'refused' THEN 1 ELSE 0 END),
                -sum(CASE WHEN o.kind = 'verify' AND o.state = 'unknown' THEN 1 ELSE 0 END),
                -sum(CASE WHEN o.kind <> 'verify' AND o.state = 'sent' THEN 1 ELSE 0 END),
                -sum(CASE WHEN o.counted_delivery IN ('delivered', 'complaint') THEN 1 ELSE 0 END),
                -sum(CASE WHEN o.counted_delivery IN ('soft', 'hard') THEN 1 ELSE 0 END)
                FROM outbox o JOIN signatures s ON s.id = o.signature_id
                WHERE s.campaign_id = :campaign_id AND o.tallied AND o.kind IN ('verify', 'reminder', 'last_reminder')
                GROUP BY {hour}, {domain}
        ) t GROUP BY hour, domain) d"""
_WAITS = """
    SELECT sum(abs(verified)) FROM (SELECT sum(verified) AS verified FROM (
        SELECT hour, verified FROM cohort_tallies WHERE campaign_id = :campaign_id
        UNION ALL SELECT hour, -verified FROM wait_tallies WHERE campaign_id = :campaign_id
    ) t GROUP BY hour) d"""
