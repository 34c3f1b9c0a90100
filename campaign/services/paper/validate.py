"""A list tried: read row by row, compared with what there is and with itself. Nothing is changed by it."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import islice
from typing import BinaryIO

from campaign.domain.campaigns.campaign import Campaign
from campaign.domain.paper.duplicates import EXCLUSION_TEXTS, LIKELY_DUPLICATES, ExclusionReason, exclusion_reason
from campaign.domain.paper.entry import EntryRules, InvalidRow, PaperEntry, is_blank_row, name_question, read_entry
from campaign.domain.paper.paper_text import UNKNOWN_PAPER_TEXT, PaperText, TextChoice, date_question, earliest_days
from campaign.domain.signatures.search_keys import name_key
from campaign.formats.table_layout import TableLayout
from campaign.formats.table_read import MAX_FILE_ROWS, read_table, sha256_of
from campaign.formats.xlsx_check import MAX_UNPACKED_BYTES
from campaign.runtime import Runtime
from campaign.services.paper.packed_exclusions import PackedExclusions
from campaign.services.paper.packed_rows import MAX_ROWS_PER_STATEMENT, EntryWithDoubt, PackedRows
from campaign.store.campaigns import text_versions
from campaign.store.paper import intakes, paper_signatures
from campaign.store.paper.intakes import Intake

MAX_EXAMPLES = 5
"""Rows shown for each reason to leave some out."""

_MAX_PREVIEW_ROWS = 5
"""Rows shown as they were understood."""
PreviewRow = tuple[str, str, str, str, str]
"""Name, postcode, country, day it was signed, and "yes" where they may be emailed; "" for what there is not."""

LeftOutCallback = Callable[[int, ExclusionReason, str], None]
"""Takes the line of a row that is left out, why, and more words on it."""


@dataclass(frozen=True, slots=True)
class ReadOptions:
    """Options by which a list is read."""

    column_mapping: Mapping[str, str] = field(default_factory=dict)
    sheet_name: str = ""
    country: str = "GB"
    paper_text: PaperText = UNKNOWN_PAPER_TEXT
    keep_left_out: bool = False
    """Whether every row that is left out is kept in the result; lists of the desk are short enough."""
    max_rows: int = MAX_FILE_ROWS
    max_unpacked_bytes: int = MAX_UNPACKED_BYTES
    """Octets of a workbook, unpacked."""


@dataclass
class ValidatedList:
    """List as it was validated: what it would come to."""

    sha256: str
    rows: int = 0
    """Those with something in them."""
    packed: PackedRows = field(default_factory=PackedRows)
    """Those that make a signature, or may."""
    excluded: Counter[str] = field(default_factory=Counter)
    """How many by why. The likely duplicates are among them."""
    examples: dict[str, list[tuple[int, str]]] = field(default_factory=dict)
    """The first lines of each reason, with words."""
    dropped_values: Counter[str] = field(default_factory=Counter)
    """What was left out of rows that are taken in, and of how many."""
    addresses: int = 0
    """Rows whose address is kept, as they want to be mailed."""
    earlier_intake: Intake | None = None
    """The intake of the same file that is in already."""
    paper_text: PaperText = UNKNOWN_PAPER_TEXT
    """What is known of the text on the paper."""
    questions: Counter[str] = field(default_factory=Counter)
    """What is doubtful in rows that are taken in, and of how many: dates before the campaign."""
    question_lines: dict[str, list[int]] = field(default_factory=dict)
    """The first lines of each question."""
    layout: TableLayout = field(default_factory=TableLayout)
    """Which sheet was read, and which column holds what."""
    preview: list[PreviewRow] = field(default_factory=list)
    """The first rows that make a signature, as they were understood."""
    left_out: PackedExclusions = field(default_factory=PackedExclusions)
    """Every row that is left out, or is in doubt, where that is asked for: its line, why, and more words on it."""

    @property
    def new(self) -> int:
        """Rows that look like nobody there is."""
        return self.rows - sum(self.excluded.values())

    @property
    def likely(self) -> int:
        """Rows that look like somebody there is, and need not be."""
        return sum(self.excluded[why] for why in LIKELY_DUPLICATES)

    def question(self, line: int, words: str) -> None:
        """Note what is doubtful in a row that is taken in."""
        self.questions[words] += 1
        shown = self.question_lines.setdefault(words, [])
        if len(shown) < MAX_EXAMPLES:
            shown.append(line)

    def leave_out(self, line: int, why: ExclusionReason, words: str, on_excluded: LeftOutCallback | None) -> None:
        """Note a row that is left out."""
        self.excluded[why.value] += 1
        shown = self.examples.setdefault(why.value, [])
        if len(shown) < MAX_EXAMPLES:
            shown.append((line, words))
        if on_excluded is not None:
            on_excluded(line, why, words)


def validate_list(
    runtime: Runtime, campaign: Campaign, file: BinaryIO, options: ReadOptions, *, on_excluded: LeftOutCallback | None = None,
    progress: Callable[[int], None] | None = None,
) -> ValidatedList:  # fmt: skip
    """Read a list and say what it would come to. Raises InvalidInputError where it cannot be read, and StoreUnavailableError.

    `told` is told of each row that is left out, `progress` how many rows were read since it was told last.
    """
    checked = ValidatedList(sha256_of(file), paper_text=options.paper_text)
    earliest = earliest_days(campaign, options.paper_text)
    with runtime.reading() as connection:
        checked.earlier_intake = intakes.find_same_file(connection, campaign.id, checked.sha256)
    rules = row_rules(campaign, runtime.now(), options.country)
    rows = read_table(
        file,
        mapping=options.column_mapping,
        sheet_name=options.sheet_name,
        max_rows=options.max_rows,
        max_unpacked_bytes=options.max_unpacked_bytes,
        layout=checked.layout,
    )
    on_excluded = _keeping(checked, on_excluded) if options.keep_left_out else on_excluded
    seen = _RepeatDetector()
    for pack in _batches(_entries(rows, rules, checked, on_excluded)):
        with runtime.reading() as connection:
            known = paper_signatures.find_existing(connection, campaign.id, pack)
        doubted: list[EntryWithDoubt] = []
        for entry in pack:
            why = exclusion_reason(entry, known.addresses, known.people)
            why = seen.repeated(entry) or why if why is not ExclusionReason.ALREADY_SIGNED else why
            if why is not None:
                checked.leave_out(entry.line, why, EXCLUSION_TEXTS[why], on_excluded)
            if why is not ExclusionReason.ALREADY_SIGNED:
                doubted.append((entry, why))
                if len(checked.preview) < _MAX_PREVIEW_ROWS:
                    checked.preview.append(
                        (entry.name, entry.postcode, entry.country, entry.signed_on, "yes" if entry.email else "")
                    )
                for question in (date_question(entry.signed_on, earliest), name_question(entry.name)):
                    if question:
                        checked.question(entry.line, question)
            checked.addresses += bool(entry.email) and why is None
        checked.packed.add(doubted)
        if progress is not None:
            progress(len(pack))
    return checked


def list_text_choices(runtime: Runtime, campaign: Campaign) -> list[TextChoice]:
    """Versions of the text that can have been on the paper, the newest first."""
    current = {version.text.hash for version in campaign.versions}
    with runtime.reading() as connection:
        found = text_versions.list_text_versions(connection, campaign.id)
    return [TextChoice(one.text.hash, one.language, one.number, one.created_at, one.text.hash in current) for one in found]


def row_rules(campaign: Campaign, now: datetime, country: str = "GB") -> EntryRules:
    """What rows for a campaign are read by at `now`."""
    zone = campaign.zone
    last_day = campaign.window.closes_at.astimezone(zone).date()
    return EntryRules(campaign.form_fields, now.astimezone(zone).date(), last_day, country)


def signing_time(campaign: Campaign, now: datetime) -> Callable[[PaperEntry], datetime]:
    """When an entry was signed: at noon of the day that is written on the paper, where one is, and now at the latest."""
    zone = campaign.zone

    def moment(entry: PaperEntry) -> datetime:
        if not entry.signed_on:
            return now
        return min(now, datetime.fromisoformat(f"{entry.signed_on}T12:00:00").replace(tzinfo=zone).astimezone(UTC))

    return moment


def _keeping(checked: ValidatedList, on_excluded: LeftOutCallback | None) -> LeftOutCallback:
    """A callback that keeps each row that is left out, and tells the one given."""

    def keep(line: int, why: ExclusionReason, words: str) -> None:
        checked.left_out.add(line, why.value, words)
        if on_excluded is not None:
            on_excluded(line, why, words)

    return keep


class _RepeatDetector:
    """Detector of people whom a list names twice. Kept as numbers: names of a long list would take ten times the room."""

    def __init__(self) -> None:
        self._people: set[int] = set()
        self._addresses: set[int] = set()

    def repeated(self, entry: PaperEntry) -> ExclusionReason | None:
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
        return ExclusionReason.REPEATED if found else None


def _entries(
    rows: Iterable[tuple[int, dict[str, object]]],
    rules: EntryRules,
    checked: ValidatedList,
    on_excluded: LeftOutCallback | None,
) -> Iterator[PaperEntry]:
    for line, row in rows:
        if is_blank_row(row):
            continue
        checked.rows += 1
        entry, noted = read_entry(line, row, rules)
        if isinstance(entry, InvalidRow):
            checked.leave_out(line, ExclusionReason.INVALID, entry.message, on_excluded)
            continue
        checked.dropped_values.update(noted)
        yield entry


def _batches(entries: Iterator[PaperEntry]) -> Iterator[list[PaperEntry]]:
    while pack := list(islice(entries, MAX_ROWS_PER_STATEMENT)):
        yield pack
