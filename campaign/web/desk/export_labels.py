"""Labels of exports: formats, columns, orders, states."""

from datetime import tzinfo

from campaign.domain.exports.mailing_list import MailingProgram
from campaign.domain.exports.plan import DEFAULT_COLUMNS, OPTIONAL_COLUMNS, ExportFormat, ExportOrder, ExportPlan
from campaign.domain.signatures.signature import SignatureState
from campaign.store.exports.exports import ExportState
from campaign.web.desk.signature_labels import filter_chips

FORMAT_LABELS = (
    (ExportFormat.XLSX.value, "Workbook (XLSX)", "For Excel, LibreOffice and the like."),
    (ExportFormat.CSV_EXCEL.value, "CSV for spreadsheets", "A text file that Excel opens with the right letters."),
    (ExportFormat.CSV.value, "CSV for programs", "The same without the mark that only spreadsheets want."),
    (ExportFormat.JSONL.value, "JSON Lines", "One object on each line."),
    (ExportFormat.JSON.value, "JSON", "One object with all of them."),
    (
        ExportFormat.LIST.value,
        "Mailing list (CSV)",
        "Only people who asked for updates, with their addresses, in the columns of the program chosen below.",
    ),
    (
        ExportFormat.PACK.value,
        "Pack (ZIP)",
        "A workbook, both kinds of CSV, JSON Lines, a printable submission, and a manifest by which a change is found.",
    ),
)
MEDIA_TYPES = {
    ExportFormat.CSV: "text/csv",
    ExportFormat.CSV_EXCEL: "text/csv",
    ExportFormat.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ExportFormat.JSON: "application/json",
    ExportFormat.JSONL: "application/jsonl",
    ExportFormat.LIST: "text/csv",
    ExportFormat.SAMPLE: "application/zip",
    ExportFormat.PACK: "application/zip",
}
_FORMAT_NAMES = {**{value: words for value, words, _ in FORMAT_LABELS}, ExportFormat.SAMPLE.value: "Sample (ZIP)"}
COLUMN_LABELS = {
    "number": "Number in the list", "name": "Name", "first_name": "First name", "last_name": "Last name",
    "postcode": "Postcode", "country": "Country", "comment": "Comment",
    "comment_hidden": "Hidden comments too, and why they are hidden",
    "public": "Shows their name in public", "updates": "Wants to be told of the campaign", "signed_at": "When they signed",
    "verified_at": "When they verified it", "source": "Where they came from", "kind": "Online or on paper",
    "state": "State", "area": "Postcode area", "constituency": "Constituency", "council": "Council",
    "declared": "Whether they ticked who may sign", "statement": "The words of that statement",
}  # fmt: skip
"""Every column but addresses, which are asked for apart."""
ORDER_LABELS = (
    (ExportOrder.SIGNING.value, "As they came in"),
    (ExportOrder.NAME.value, "By name"),
    (ExportOrder.LEDGER.value, "As they were counted"),
)
PROGRAM_LABELS = (
    ("", "Choose one"),
    (MailingProgram.LISTMONK.value, "listmonk"),
    (MailingProgram.ACTION_NETWORK.value, "Action Network"),
    (MailingProgram.MAILCHIMP.value, "Mailchimp"),
    (MailingProgram.CIVICRM.value, "CiviCRM"),
)
UPDATES_LABELS = (
    ("", "Everybody"),
    ("yes", "Only who wants to be told of the campaign"),
    ("no", "Only who does not"),
)
EXPORT_STATE_LABELS = {
    ExportState.WAITING: ("waiting", "plain"),
    ExportState.RUNNING: ("being made", "warn"),
    ExportState.DONE: ("ready", "good"),
    ExportState.CANCELLED: ("stopped", "plain"),
    ExportState.FAILED: ("failed", "wrong"),
    ExportState.EXPIRED: ("expired", "plain"),
}


def size_label(octets: int) -> str:
    """How large a file is: "3.4 MB"."""
    for unit, of in (("GB", 10**9), ("MB", 10**6), ("kB", 10**3)):
        if octets >= of:
            return f"{octets / of:.1f} {unit}"
    return f"{octets} bytes"


def plan_summary(plan: ExportPlan, zone: tzinfo, texts: dict[str, str]) -> list[str]:
    """What is in an export, in a few words each; that it is as most are needs none."""
    said = [_FORMAT_NAMES[plan.format.value]]
    if plan.sample:
        return [*said, "for the recipient whose words drew it"]
    if plan.profile:
        return [*said, f"for {plan.profile.replace('-', ' ')}, with what they may have"]
    if plan.program:
        said.append(f"for {dict(PROGRAM_LABELS)[plan.program]}, people who asked for updates")
    elif plan.has_email:
        said.append("with addresses")
    if not plan.program and tuple(name for name in plan.columns if name not in OPTIONAL_COLUMNS) != DEFAULT_COLUMNS:
        said.append(f"{len(plan.columns)} columns")
    filters = plan.filters if plan.filters.states != (SignatureState.VERIFIED,) else plan.filters.without("states")
    said += [words for words, _ in filter_chips(filters, zone, texts)]
    if plan.updates is not None and not plan.program:
        said.append(f"Told of the campaign: {'yes' if plan.updates else 'no'}")
    if not plan.filters.states:
        said.append("in every state")
    if plan.order is not ExportOrder.SIGNING:
        said.append(dict(ORDER_LABELS)[plan.order.value].lower())
    return said
