"""Integrity report: but for the count and removals no amount from one to four is told, nor can be worked out.

Figures follow from the tables.
"""

import random
from collections.abc import Iterator
from typing import Any

import pytest

from campaign.domain.submissions.integrity import DEFINITIONS, IntegrityCounts, integrity_report, work_out_figures

KEYS_OF_LABELS = ("from", "to", "domain", "reason")


def counts(**changes: Any) -> IntegrityCounts:
    plain: dict[str, Any] = {
        "online": 1_000, "paper": 100, "pending": 50, "names_by_addresses": {2: 20, 3: 6, 12: 5},
        "domains": {"gmail.com": 700, "example.org": 297, "own.example": 3}, "hours": [50] * 24, "endings": 100,
        "removed": {"program": 90, "duplicate": 10}, "open_flags": 0, "held": 7, "paper_twice": 6,
    }  # fmt: skip
    return IntegrityCounts(**plain | changes)


def amounts(value: Any, key: str = "") -> Iterator[int]:
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from amounts(inner, name)
    elif isinstance(value, list):
        for inner in value:
            yield from amounts(inner, key)
    elif isinstance(value, int) and key not in KEYS_OF_LABELS:
        yield value


def without_the_count(tables: dict[str, Any]) -> dict[str, Any]:
    """Tables but for the count and what was taken out of it, which other papers of the same pack tell as they are."""
    return {name: table for name, table in tables.items() if name not in ("counted", "removed_by_reason")}


def test_rows_that_are_too_small_stand_with_their_neighbours() -> None:
    tables = integrity_report(counts())["tables"]
    # Three of a domain of their own would be told by what is missing, so the next domain is not named either.
    assert tables["online_by_mail_domain"] == [{"domain": "gmail.com", "signatures": 700}, {"domain": "", "signatures": 300}]
    assert tables["names_with_several_addresses"] == [
        {"from": 2, "to": 2, "names": 20, "signatures": 40}, {"from": 3, "to": 9, "names": 6, "signatures": 18},
        {"from": 10, "to": None, "names": 5, "signatures": 60},
    ]  # fmt: skip
    night = [50] * 24
    night[3], night[4] = 2, 0
    rows = integrity_report(counts(hours=night))["tables"]["additions_by_hour_of_day"]
    assert [(row["from"], row["additions"]) for row in rows][:2] == [("00:00", 100), ("02:00", 52)]


def test_each_figure_is_defined_and_follows_from_the_tables() -> None:
    report = integrity_report(counts())
    figures = {figure["name"]: (figure["value"], figure["percent"]) for figure in report["figures"]}
    assert figures == {
        "counted": (1_100, None), "repeated_names": (118, 11.8), "largest_domain": (700, 70.0), "busiest_hours": (50, 4.2),
        "not_confirmed": (50, 4.8), "removed": (100, 8.3), "held": (7, None),
        "open_warnings": (0, None), "paper_twice": (6, 6.0),
    }  # fmt: skip
    assert all(figure["definition"] == DEFINITIONS[figure["name"]] for figure in report["figures"])
    assert report["cannot_show"]


def test_what_is_too_small_altogether_is_not_told_but_for_the_count() -> None:
    report = integrity_report(
        counts(online=3, paper=0, pending=2, domains={"own.example": 3}, names_by_addresses={2: 1}, hours=[3] + [0] * 23,
               endings=0, removed={"false": 1}, held=3, paper_twice=0)
    )  # fmt: skip
    values = {figure["name"]: figure["value"] for figure in report["figures"]}
    assert values == dict.fromkeys(
        ("repeated_names", "busiest_hours", "not_confirmed", "held")
    ) | {"counted": 3, "removed": 1, "open_warnings": 0, "paper_twice": 0, "largest_domain": 0}  # fmt: skip
    assert set(amounts(without_the_count(report["tables"]))) == {0}


@pytest.mark.parametrize("seed", range(40))
def test_no_amount_from_one_to_four_but_the_count_is_told_whatever_was_counted(seed: int) -> None:
    chance = random.Random(seed)
    domains = {f"d{at}.example": chance.choice((1, 2, 4, 5, 30)) for at in range(chance.randrange(30))}
    made = counts(
        online=sum(domains.values()), domains=domains, pending=chance.randrange(8), paper=chance.randrange(8),
        held=chance.randrange(8),
        paper_twice=chance.randrange(8), names_by_addresses={size: chance.randrange(7) for size in range(2, 13)},
        hours=[chance.choice((0, 1, 3, 7, 40)) for _ in range(24)],
        removed={kind: chance.randrange(9) for kind in ("program", "false", "other")},
    )  # fmt: skip
    report = integrity_report(made)
    figures = (
        figure for figure in report["figures"] if figure["value"] is not None and figure["name"] not in ("counted", "removed")
    )
    told = [*amounts(without_the_count(report["tables"])), *(figure["value"] for figure in figures)]
    assert [amount for amount in told if 0 < amount < 5] == []
    assert report["tables"]["counted"] == {"online": made.online, "paper": made.paper}
    assert {row["reason"]: row["signatures"] for row in report["tables"]["removed_by_reason"]} == {
        kind: amount for kind, amount in made.removed.items() if amount
    }
    assert work_out_figures(report["tables"])["counted"]["value"] == made.online + made.paper
    # Rows that are told add up to all there is: what is left out of one stands in another.
    names = report["tables"]["names_with_several_addresses"]
    whole = sum(size * amount for size, amount in made.names_by_addresses.items())
    assert [row for row in names if row["names"] is None] or sum(row["signatures"] for row in names) == whole
    hours = [row["additions"] for row in report["tables"]["additions_by_hour_of_day"]]
    assert None in hours or sum(hours) == sum(made.hours)
