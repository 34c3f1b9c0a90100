"""Audit of entries: the rules that the entries of one campaign keep among themselves, no matter what wrote them."""

from collections import Counter
from dataclasses import dataclass, field

from campaign.domain.log.entry import ADDING_EVENTS, NO_COMMITMENT, LogEntry


class LogFaultError(Exception):
    """Something in a log that cannot be; `str()` is one sentence for people."""


@dataclass(slots=True)
class AuditedEntry:
    """Digest of an entry while a log is audited. Not frozen: there may be millions, and each would take three times as long to
    make."""

    event: str
    hour: str
    total: int
    log_size: int
    """Of the log with it."""


@dataclass
class CampaignAudit:
    """The count of one campaign, taken from its entries one by one."""

    campaign: str
    total: int = 0
    entries: list[AuditedEntry] = field(default_factory=list)
    _counted: dict[int, bool] = field(default_factory=dict)
    """First additions by their sequence, and whether each counts now."""

    @property
    def sequence(self) -> int:
        """The last entry's."""
        return len(self.entries)

    def events(self) -> Counter[str]:
        """Entries by event."""
        return Counter(entry.event for entry in self.entries)

    def total_at(self, sequence: int) -> int:
        """The total after the entry of that sequence."""
        return self.entries[sequence - 1].total if sequence else 0

    def add(self, entry: LogEntry, log_size: int = 0) -> None:
        """Take the next entry, with which the log has a size. Raises LogFaultError."""
        if entry.sequence != len(self.entries) + 1:
            raise LogFaultError(
                f"{_where(entry)} follows entry {self.sequence}: an entry was dropped, put in, or two were swapped."
            )
        is_addition = entry.change > 0
        if is_addition != (entry.event in ADDING_EVENTS) or is_addition == (entry.commitment == NO_COMMITMENT):
            raise LogFaultError(f"{_where(entry)} says {entry.event} and {entry.change:+}: the two do not go together.")
        expected = self.total + entry.change
        if entry.total != expected:
            raise LogFaultError(
                f"{_where(entry)} says the total is {entry.total}, but {self.total} {entry.change:+} is {expected}: "
                "the total does not add up."
            )
        self._refer(entry)
        self.total = entry.total
        self.entries.append(AuditedEntry(entry.event, entry.hour, entry.total, log_size))

    def _refer(self, entry: LogEntry) -> None:
        if entry.ref == 0 and entry.change > 0:
            self._counted[entry.sequence] = True
            return
        counts = self._counted.get(entry.ref)
        if entry.change > 0 and counts is not False:
            raise LogFaultError(f"{_where(entry)} adds a signature that is counted already: it would be counted twice.")
        if entry.change < 0 and not counts:
            raise LogFaultError(f"{_where(entry)} removes a signature that is not in the count: a removal of nothing.")
        self._counted[entry.ref] = entry.change > 0


def _where(entry: LogEntry) -> str:
    """An entry in words; only for what is wrong with it."""
    return f"Entry {entry.sequence} of {entry.campaign}"


@dataclass
class LogAudit:
    """The counts of all campaigns of a log."""

    campaigns: dict[str, CampaignAudit] = field(default_factory=dict)
    size: int = 0

    def add(self, entry: LogEntry) -> None:
        """Take the next entry of the log. Raises LogFaultError."""
        campaign = self.campaigns.get(entry.campaign)
        if campaign is None:
            campaign = self.campaigns[entry.campaign] = CampaignAudit(entry.campaign)
        campaign.add(entry, self.size + 1)
        self.size += 1
