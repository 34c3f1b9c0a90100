"""Integrity report of a campaign: what its numbers show of how it was signed, told so that nobody can be made out.

It has tables of amounts, and figures that are worked out from these tables alone, so that anybody with the report can work them
out again. No amount of people from one to four is told but for the count and what was taken out of it, which others tell: rows
that are smaller are put together with their neighbours until they are not, and where that leaves one, it is `None`.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from campaign.domain.places.suppression import MIN_SHOWN

MAX_DOMAINS = 15
_BLOCK_HOURS = (1, 2, 3, 4, 6, 8, 12, 24)
_NAME_CLASSES = ((2, 2), (3, 4), (5, 9), (10, None))
"""From and to how many addresses one name is used with."""

DEFINITIONS = {
    "counted": "Signatures in the count: confirmed by email or given on paper, and neither withdrawn nor taken out.",
    "repeated_names": "Signatures in the count, given online, whose name is the name of another one with a different email "
    "address, without regard to case and accents. Share of all given online. Many people have the same name.",
    "largest_domain": "Signatures given online in the count from the mail domain that has the most. Share of all given online.",
    "busiest_hours": "Additions to the count in the part of the day, on the campaign's clock, that has the most. Share of all "
    "additions. Paper is added when it is typed in.",
    "not_confirmed": "Signatures given online that were not confirmed when the report was made. Share of these and of those in "
    "the count that were given online. They are deleted after the campaign, and this is 0 then.",
    "removed": "Signatures that campaigners took out after they were counted. Share of these and of the count.",
    "held": "Confirmed signatures that are not in the count yet: they belong to an unusual pattern, and wait until somebody at "
    "the desk has looked, a day at most. Only in campaigns that ask for it.",
    "open_warnings": "Warnings of unusual patterns that nobody at the desk has looked at and put aside yet.",
    "paper_twice": "Signatures on paper in the count with the same name and postcode as another one on paper. Share of all on "
    "paper. Two people of one household can have one name.",
}
"""What each figure is."""
CANNOT_SHOW = (
    "Whether a signatory is a real person, lives where they say, or may sign. A sample checked against a register can tell.",
    "Whether one person signed with several mailboxes of their own under several names.",
    "Who signed. Nothing in it is of one person; amounts from 1 to 4 are not told, but for the count and removals.",
    "What the operator of the site did outside of its program. For that there is the public log, and who watches it.",
)


@dataclass(frozen=True, slots=True)
class IntegrityCounts:
    """Counts of one moment, exact."""

    online: int
    paper: int
    pending: int
    names_by_addresses: Mapping[int, int]
    """For how many addresses one name is used with, how many such names there are; from 2 on."""
    domains: Mapping[str, int]
    """Signatures online in the count, by mail domain; "" where the address is not kept any more."""
    hours: Sequence[int]
    """Additions to the count by hour of the day, 24 of them."""
    endings: int
    """Entries of the ledger that took one off."""
    removed: Mapping[str, int]
    """By kind of reason."""
    open_flags: int
    held: int
    """Verified, and held uncounted."""
    paper_twice: int


def integrity_report(counts: IntegrityCounts) -> dict[str, Any]:
    """Tables and figures of a report, as JSON has them."""
    tables = {
        "counted": {"online": counts.online, "paper": counts.paper},
        "names_with_several_addresses": _name_rows(counts.names_by_addresses),
        "online_by_mail_domain": _domain_rows(counts.domains),
        "additions_by_hour_of_day": _hour_rows(counts.hours),
        "removed_by_reason": _reason_rows(counts.removed),
        "not_confirmed": _shown(counts.pending),
        "endings": _shown(counts.endings),
        "held": _shown(counts.held),
        "open_warnings": _shown(counts.open_flags),
        "paper_twice": _shown(counts.paper_twice),
    }
    figures = work_out_figures(tables)
    return {
        "smallest": MIN_SHOWN,
        "tables": tables,
        "figures": [{"name": name, "definition": DEFINITIONS[name], **figures[name]} for name in DEFINITIONS],
        "cannot_show": list(CANNOT_SHOW),
    }


def work_out_figures(tables: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """The figures that follow from the tables; the program in a pack does the same."""
    online, paper = tables["counted"]["online"], tables["counted"]["paper"]
    additions = _sum(row["additions"] for row in tables["additions_by_hour_of_day"])
    removed = _sum(row["signatures"] for row in tables["removed_by_reason"])
    counted = _sum((online, paper))
    return {
        "counted": _figure(counted, None),
        "repeated_names": _figure(_sum(row["signatures"] for row in tables["names_with_several_addresses"]), online),
        "largest_domain": _figure(
            _largest(row["signatures"] for row in tables["online_by_mail_domain"] if row["domain"]), online
        ),
        "busiest_hours": _figure(_largest(row["additions"] for row in tables["additions_by_hour_of_day"]), additions),
        "not_confirmed": _figure(tables["not_confirmed"], _sum((tables["not_confirmed"], online))),
        "removed": _figure(removed, _sum((removed, counted))),
        "held": _figure(tables["held"], None),
        "open_warnings": _figure(tables["open_warnings"], None),
        "paper_twice": _figure(tables["paper_twice"], paper),
    }


def _figure(value: int | None, whole: int | None) -> dict[str, Any]:
    share = None if value is None or not whole else round(100 * value / whole, 1)
    return {"value": value, "percent": share}


def _sum(amounts: Iterable[int | None]) -> int | None:
    found = [*amounts]
    return None if None in found else sum(amount for amount in found if amount is not None)


def _largest(amounts: Iterable[int | None]) -> int | None:
    found = [*amounts]
    return None if None in found else max((amount for amount in found if amount is not None), default=0)


def _shown(amount: int) -> int | None:
    return None if 0 < amount < MIN_SHOWN else amount


def _name_rows(names_by_addresses: Mapping[int, int]) -> list[dict[str, Any]]:
    """Classes of names, from the largest; one with fewer than MIN_SHOWN names is put together with the next."""
    rows: list[dict[str, Any]] = []
    names = signatures = 0
    to: int | None = None
    is_begun = False
    for least, most in reversed(_NAME_CLASSES):
        within = {
            size: amount for size, amount in names_by_addresses.items() if least <= size and (most is None or size <= most)
        }
        to = to if is_begun else most
        is_begun = True
        names += sum(within.values())
        signatures += sum(size * amount for size, amount in within.items())
        if names >= MIN_SHOWN:
            rows.append({"from": least, "to": to, "names": names, "signatures": signatures})
            names, signatures, is_begun = 0, 0, False
    if names and rows:
        rows[-1] |= {"from": 2, "names": rows[-1]["names"] + names, "signatures": rows[-1]["signatures"] + signatures}
    elif names:
        rows.append({"from": 2, "to": None, "names": None, "signatures": None})
    return rows[::-1]


def _domain_rows(domains: Mapping[str, int]) -> list[dict[str, Any]]:
    """The largest domains, and all others as one row without a name."""
    named = {name: amount for name, amount in domains.items() if name}
    largest = sorted(named.items(), key=lambda item: (-item[1], item[0]))
    rows = [(name, amount) for name, amount in largest[:MAX_DOMAINS] if amount >= MIN_SHOWN]
    others = sum(domains.values()) - sum(amount for _, amount in rows)
    while 0 < others < MIN_SHOWN and rows:
        others += rows.pop()[1]
    found: list[dict[str, Any]] = [{"domain": name, "signatures": amount} for name, amount in rows]
    return [*found, {"domain": "", "signatures": _shown(others)}] if others else found


def _hour_rows(hours: Sequence[int]) -> list[dict[str, Any]]:
    """Parts of the day, as short as they can be without one that is too small to be told."""
    for width in _BLOCK_HOURS:
        blocks = [sum(hours[start : start + width]) for start in range(0, 24, width)]
        if all(_shown(amount) is not None for amount in blocks):
            break
    return [
        {"from": f"{at * width:02}:00", "to": f"{(at + 1) * width:02}:00", "additions": _shown(amount)}
        for at, amount in enumerate(blocks)
    ]


def _reason_rows(removed: Mapping[str, int]) -> list[dict[str, Any]]:
    """Each as it is: the campaign's page and the method statement of the same pack tell it."""
    rows = sorted(removed.items(), key=lambda item: (-item[1], item[0]))
    return [{"reason": kind, "signatures": amount} for kind, amount in rows if amount]
