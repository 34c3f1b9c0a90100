"""Audit of entries: the rules that the entries of one campaign keep among themselves, no matter what wrote them."""

from collections import Counter
from dataclasses import dataclass, field

from campaign.domain.log.entry import ADDING_EVENTS, NO_COMMITMENT, LogEntry


class LogFaultError(Exception):
    """Something in a log that cannot be; `str()` is one sentence for people."""


@dataclass
class CampaignAudit:
    """The count of one campaign, taken from its entries one by one."""

    campaign: str
    sequence: int = 0
    total: int = 0
    events: Counter[str] = field(default_factory=Counter)
    by_hour: dict[str, Counter[str]] = field(default_factory=dict)
    totals: list[int] = field(default_factory=list)
    """The total after each entry: `totals[n - 1]` after the n-th."""
    _counted: dict[int, bool] = field(default_factory=dict)
    """First additions by their sequence, and whether each counts now."""

    def add(self, entry: LogEntry) -> None:
        """Take the next entry. Raises LogFaultError."""
        where = f"Entry {entry.sequence} of {self.campaign}"
        if entry.sequence != self.sequence + 1:
            raise LogFaultError(f"{where} follows entry {self.sequence}: an entry was dropped, put in, or two were swapped.")
        is_addition = entry.change > 0
        if is_addition != (entry.event in ADDING_EVENTS) or is_addition == (entry.commitment == NO_COMMITMENT):
            raise LogFaultError(f"{where} says {entry.event} and {entry.change:+}: the two do not go together.")
        if entry.total != self.total + entry.change:
            raise LogFaultError(
                f"{where} says the total is {entry.total}, but {self.total} {entry.change:+} is {self.total + entry.change}: "
                "the total does not add up."
            )
        self._refer(entry, where)
        self.sequence, self.total = entry.sequence, entry.total
        self.totals.append(entry.total)
        self.events[entry.event] += 1
        self.by_hour.setdefault(entry.hour, Counter())[entry.event] += 1

    def _refer(self, entry: LogEntry, where: str) -> None:
        if entry.ref == 0 and entry.change > 0:
            self._counted[entry.sequence] = True
            return
        counts = self._counted.get(entry.ref)
        if entry.change > 0 and counts is not False:
            raise LogFaultError(f"{where} adds a signature that is counted already: it would be counted twice.")
        if entry.change < 0 and not counts:
            raise LogFaultError(f"{where} removes a signature that is not in the count: a removal of nothing.")
        self._counted[entry.ref] = entry.change > 0


@dataclass
class LogAudit:
    """The counts of all campaigns of a log."""

    campaigns: dict[str, CampaignAudit] = field(default_factory=dict)
    size: int = 0

    def add(self, entry: LogEntry) -> None:
        """Take the next entry of the log. Raises LogFaultError."""
        self.campaigns.setdefault(entry.campaign, CampaignAudit(entry.campaign)).add(entry)
        self.size += 1
