"""A list tried: read row by row, compared with what there is and with itself. Nothing is changed by it."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import islice
from typing import BinaryIO

from campaign.domain.findable import name_key
from campaign.domain.likeness import LIKELY, WORDS, Why, likeness
from campaign.domain.paper import Entry, Rules, WrongRow, is_blank, read_row
from campaign.domain.standing import Standing
from campaign.imports.table import MOST_ROWS, read_table, sha256_of
from campaign.intake.rows import AT_ONCE, Doubted, Packed
from campaign.runtime import Runtime
from campaign.store import intakes, paper
from campaign.store.intakes import Intake

EXAMPLES = 5
"""Rows shown for each reason to leave some out."""

Told = Callable[[int, Why, str], None]
"""Takes the line of a row that is left out, why, and more words on it."""


@dataclass(frozen=True, slots=True)
class Options:
    """How a list is read."""

    mapped: Mapping[str, str] = field(default_factory=dict)
    sheet_name: str = ""
    country: str = "GB"
    most: int = MOST_ROWS


@dataclass
class Checked:
    """What a list would come to."""

    sha256: str
    rows: int = 0
    """Those with something in them."""
    packed: Packed = field(default_factory=Packed)
    """Those that make a signature, or may."""
    left_out: Counter[str] = field(default_factory=Counter)
    """How many by why. The likely duplicates are among them."""
    examples: dict[str, list[tuple[int, str]]] = field(default_factory=dict)
    """The first lines of each reason, with words."""
    noted: Counter[str] = field(default_factory=Counter)
    """What was left out of rows that are taken in, and of how many."""
    addresses: int = 0
    """Rows whose address is kept, as they want to be mailed."""
    before: Intake | None = None
    """The intake of the same file that is in already."""

    @property
    def new(self) -> int:
        """Rows that look like nobody there is."""
        return self.rows - sum(self.left_out.values())

    @property
    def likely(self) -> int:
        """Rows that look like somebody there is, and need not be."""
        return sum(self.left_out[why] for why in LIKELY)

    def leave_out(self, line: int, why: Why, words: str, told: Told | None) -> None:
        """Note a row that is left out."""
        self.left_out[why.value] += 1
        shown = self.examples.setdefault(why.value, [])
        if len(shown) < EXAMPLES:
            shown.append((line, words))
        if told is not None:
            told(line, why, words)


def check(
    runtime: Runtime, standing: Standing, file: BinaryIO, options: Options, *, told: Told | None = None,
    progress: Callable[[int], None] | None = None,
) -> Checked:  # fmt: skip
    """Read a list and say what it would come to. Raises Refused where it cannot be read, and StoreUnavailable.

    `told` is told of each row that is left out, `progress` how many rows were read since it was told last.
    """
    checked = Checked(sha256_of(file))
    with runtime.reading() as connection:
        checked.before = intakes.same_file(connection, standing.id, checked.sha256)
    rules = rules_of(standing, runtime.now(), options.country)
    rows = read_table(file, mapped=options.mapped, sheet_name=options.sheet_name, most=options.most)
    seen = _Seen()
    for pack in _packs(_entries(rows, rules, checked, told)):
        with runtime.reading() as connection:
            known = paper.known(connection, standing.id, pack)
        doubted: list[Doubted] = []
        for entry in pack:
            why = likeness(entry, known.addresses, known.people)
            why = seen.again(entry) or why if why is not Why.SAME else why
            if why is not None:
                checked.leave_out(entry.line, why, WORDS[why], told)
            if why is not Why.SAME:
                doubted.append((entry, why))
            checked.addresses += bool(entry.email) and why is None
        checked.packed.add(doubted)
        if progress is not None:
            progress(len(pack))
    return checked


def rules_of(standing: Standing, now: datetime, country: str = "GB") -> Rules:
    """What rows for a campaign are read by at `now`."""
    zone = standing.zone
    last_day = standing.window.closes_at.astimezone(zone).date()
    return Rules(standing.asked, now.astimezone(zone).date(), last_day, country)


def signed_at(standing: Standing, now: datetime) -> Callable[[Entry], datetime]:
    """When an entry was signed: at noon of the day that is written on the paper, where one is, and now at the latest."""
    zone = standing.zone

    def moment(entry: Entry) -> datetime:
        if not entry.signed_on:
            return now
        return min(now, datetime.fromisoformat(f"{entry.signed_on}T12:00:00").replace(tzinfo=zone).astimezone(UTC))

    return moment


class _Seen:
    """Whom a list has named so far. Kept as numbers: names of a long list would take ten times the room."""

    def __init__(self) -> None:
        self._people: set[int] = set()
        self._addresses: set[int] = set()

    def again(self, entry: Entry) -> Why | None:
        """REPEATED where the list has named them before."""
        found = False
        if entry.postcode:
            person = hash((name_key(entry.name), entry.postcode))
            found = person in self._people
            self._people.add(person)
        if entry.email_key:
            address = hash(entry.email_key)
            found = found or address in self._addresses
            self._addresses.add(address)
        return Why.REPEATED if found else None


def _entries(
    rows: Iterable[tuple[int, dict[str, object]]], rules: Rules, checked: Checked, told: Told | None
) -> Iterator[Entry]:
    for line, row in rows:
        if is_blank(row):
            continue
        checked.rows += 1
        entry, noted = read_row(line, row, rules)
        if isinstance(entry, WrongRow):
            checked.leave_out(line, Why.WRONG, entry.words, told)
            continue
        checked.noted.update(noted)
        yield entry


def _packs(entries: Iterator[Entry]) -> Iterator[list[Entry]]:
    while pack := list(islice(entries, AT_ONCE)):
        yield pack
