"""Layout of a table in a file, as it was understood: which sheet, and which column holds what."""

from dataclasses import dataclass, field

MAX_HEADINGS = 60
_MAX_HEADING_CHARACTERS = 60


@dataclass
class TableLayout:
    """Layout of a table, as a reader found it; filled while a table is read."""

    sheet: str = ""
    """The name of the sheet that is read; empty where the file has none."""
    other_sheets: list[str] = field(default_factory=list)
    """Sheets of the same workbook that can be seen and are not read."""
    columns: dict[str, str] = field(default_factory=dict)
    """By field: what its column is called."""
    unused: list[str] = field(default_factory=list)
    """What the columns are called that are not taken in."""

    def note_columns(self, headings: list[str], columns: dict[str, int]) -> None:
        """Keep what the columns are called, short and without what cannot be shown."""
        shown = [
            "".join(letter for letter in name if letter.isprintable()).strip()[:_MAX_HEADING_CHARACTERS] for name in headings
        ]
        self.columns = {name: shown[at] for name, at in columns.items()}
        used = set(columns.values())
        self.unused = [name for at, name in enumerate(shown) if name and at not in used][:MAX_HEADINGS]
