"""What exports are called at the desk: kinds of file, columns, orders, states."""

from datetime import tzinfo

from campaign.domain.export import COLUMNS, ON_REQUEST, Format, Order, Plan
from campaign.domain.signature import SignatureState
from campaign.store.exports import ExportState
from campaign.web.desk.signature_words import chips

FORMATS = (
    (Format.XLSX.value, "Workbook (XLSX)", "For Excel, LibreOffice and the like."),
    (Format.CSV_EXCEL.value, "CSV for spreadsheets", "A text file that Excel opens with the right letters."),
    (Format.CSV.value, "CSV for programs", "The same without the mark that only spreadsheets want."),
    (Format.JSONL.value, "JSON Lines", "One object on each line."),
    (Format.JSON.value, "JSON", "One object with all of them."),
    (
        Format.PACK.value,
        "Pack (ZIP)",
        "A workbook, both kinds of CSV, JSON Lines, a printable submission, and a manifest by which a change is found.",
    ),
)
MEDIA = {
    Format.CSV: "text/csv",
    Format.CSV_EXCEL: "text/csv",
    Format.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    Format.JSON: "application/json",
    Format.JSONL: "application/jsonl",
    Format.PACK: "application/zip",
}
_FORMAT_NAMES = {value: words for value, words, _ in FORMATS}
COLUMN_WORDS = {
    "number": "Number in the list", "name": "Name", "postcode": "Postcode", "country": "Country", "comment": "Comment",
    "public": "Shows their name in public", "updates": "Wants to be told of the campaign", "signed_at": "When they signed",
    "verified_at": "When they verified it", "source": "Where they came from", "kind": "Online or on paper",
    "state": "State", "constituency": "Constituency",
}  # fmt: skip
"""Every column but addresses, which are asked for apart."""
ORDERS = (
    (Order.SIGNING.value, "As they came in"),
    (Order.NAME.value, "By name"),
    (Order.COUNTED.value, "As they were counted"),
)
UPDATES = (
    ("", "Everybody"),
    ("yes", "Only who wants to be told of the campaign"),
    ("no", "Only who does not"),
)
STATES = {
    ExportState.WAITING: ("waiting", "plain"),
    ExportState.RUNNING: ("being made", "warn"),
    ExportState.DONE: ("ready", "good"),
    ExportState.CANCELLED: ("stopped", "plain"),
    ExportState.FAILED: ("failed", "wrong"),
    ExportState.EXPIRED: ("expired", "plain"),
}


def size_words(octets: int) -> str:
    """How large a file is: "3.4 MB"."""
    for unit, of in (("GB", 10**9), ("MB", 10**6), ("kB", 10**3)):
        if octets >= of:
            return f"{octets / of:.1f} {unit}"
    return f"{octets} bytes"


def summary_of(plan: Plan, zone: tzinfo, texts: dict[str, str]) -> list[str]:
    """What is in an export, in a few words each; that it is as most are needs none."""
    said = [_FORMAT_NAMES[plan.format.value]]
    if plan.with_email:
        said.append("with addresses")
    if tuple(name for name in plan.columns if name not in ON_REQUEST) != COLUMNS:
        said.append(f"{len(plan.columns)} columns")
    filters = plan.filters if plan.filters.states != (SignatureState.VERIFIED,) else plan.filters.without("states")
    said += [words for words, _ in chips(filters, zone, texts)]
    if plan.updates is not None:
        said.append(f"Told of the campaign: {'yes' if plan.updates else 'no'}")
    if not plan.filters.states:
        said.append("in every state")
    if plan.order is not Order.SIGNING:
        said.append(dict(ORDERS)[plan.order.value].lower())
    return said
