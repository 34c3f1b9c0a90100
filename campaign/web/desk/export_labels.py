"""Labels of exports: formats, columns, orders, states."""

from datetime import tzinfo

from campaign.domain.common.i18n import N_
from campaign.domain.exports.mailing_list import MailingProgram
from campaign.domain.exports.plan import DEFAULT_COLUMNS, OPTIONAL_COLUMNS, ExportFormat, ExportOrder, ExportPlan
from campaign.domain.signatures.signature import SignatureState
from campaign.services.exports import submission_profiles
from campaign.store.exports.exports import ExportState
from campaign.web.desk.signature_labels import filter_chips
from campaign.web.translation import gettext, ngettext, translated

FORMAT_LABELS = (
    (ExportFormat.XLSX.value, N_("Workbook (XLSX)"), N_("For Excel, LibreOffice and the like.")),
    (ExportFormat.CSV_EXCEL.value, N_("CSV for spreadsheets"), N_("A text file that Excel opens with the right letters.")),
    (ExportFormat.CSV.value, N_("CSV for programs"), N_("The same without the mark that only spreadsheets want.")),
    (ExportFormat.JSONL.value, N_("JSON Lines"), N_("One object on each line.")),
    (ExportFormat.JSON.value, "JSON", N_("One object with all of them.")),
    (
        ExportFormat.LIST.value,
        N_("Mailing list (CSV)"),
        N_("Only people who asked for updates, with their addresses, in the columns of the program chosen below."),
    ),
    (
        ExportFormat.PACK.value,
        N_("Pack (ZIP)"),
        N_("A workbook, both kinds of CSV, JSON Lines, a printable submission, and a manifest by which a change is found."),
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
_FORMAT_NAMES = {**{value: words for value, words, _ in FORMAT_LABELS}, ExportFormat.SAMPLE.value: N_("Sample (ZIP)")}
COLUMN_LABELS = {
    "number": N_("Number in the list"),
    "name": N_("Name"),
    "first_name": N_("First name"),
    "last_name": N_("Last name"),
    "postcode": N_("Postcode"),
    "country": N_("Country"),
    "comment": N_("Comment"),
    "comment_hidden": N_("Hidden comments too, and why they are hidden"),
    "public": N_("Shows their name in public"),
    "updates": N_("Wants to be told of the campaign"),
    "signed_at": N_("When they signed"),
    "verified_at": N_("When they verified it"),
    "source": N_("Where they came from"),
    "kind": N_("Online or on paper"),
    "state": N_("State"),
    "area": N_("Postcode area"),
    "constituency": N_("Constituency"),
    "council": N_("Council"),
    "declared": N_("Whether they ticked who may sign"),
    "statement": N_("The words of that statement"),
}
"""Every column but addresses, which are asked for apart."""
ORDER_LABELS = (
    (ExportOrder.SIGNING.value, N_("As they came in")),
    (ExportOrder.NAME.value, N_("By name")),
    (ExportOrder.LEDGER.value, N_("As they were counted")),
)
PROGRAM_LABELS = (
    ("", N_("Choose one")),
    (MailingProgram.LISTMONK.value, "listmonk"),
    (MailingProgram.ACTION_NETWORK.value, "Action Network"),
    (MailingProgram.MAILCHIMP.value, "Mailchimp"),
    (MailingProgram.CIVICRM.value, "CiviCRM"),
)
UPDATES_LABELS = (
    ("", N_("Everybody")),
    ("yes", N_("Only who wants to be told of the campaign")),
    ("no", N_("Only who does not")),
)
EXPORT_STATE_LABELS = {
    ExportState.WAITING: (N_("waiting"), "plain"),
    ExportState.RUNNING: (N_("being made"), "warn"),
    ExportState.DONE: (N_("ready"), "good"),
    ExportState.CANCELLED: (N_("stopped"), "plain"),
    ExportState.FAILED: (N_("failed"), "wrong"),
    ExportState.EXPIRED: (N_("expired"), "plain"),
}


def size_label(octets: int) -> str:
    """How large a file is: "3.4 MB"."""
    for unit, of in (("GB", 10**9), ("MB", 10**6), ("kB", 10**3)):
        if octets >= of:
            return f"{octets / of:.1f} {unit}"
    return ngettext("%(num)s byte", "%(num)s bytes", octets)


def plan_summary(plan: ExportPlan, zone: tzinfo, texts: dict[str, str]) -> list[str]:
    """What is in an export, in a few words each; that it is as most are needs none."""
    said = [gettext(_FORMAT_NAMES[plan.format.value])]
    if plan.sample:
        return [*said, gettext("for the recipient whose words drew it")]
    if plan.profile:
        recipient = translated(dict(submission_profiles()).get(plan.profile, plan.profile))
        return [*said, gettext("for “%(recipient)s”, with what they may have", recipient=recipient)]
    if plan.program:
        said.append(
            gettext("for %(program)s, people who asked for updates", program=gettext(dict(PROGRAM_LABELS)[plan.program]))
        )
    elif plan.has_email:
        said.append(gettext("with addresses"))
    if not plan.program and tuple(name for name in plan.columns if name not in OPTIONAL_COLUMNS) != DEFAULT_COLUMNS:
        said.append(ngettext("%(num)s column", "%(num)s columns", len(plan.columns)))
    filters = plan.filters if plan.filters.states != (SignatureState.VERIFIED,) else plan.filters.without("states")
    said += [words for words, _ in filter_chips(filters, zone, texts)]
    if plan.updates is not None and not plan.program:
        said.append(gettext("Told of the campaign: yes") if plan.updates else gettext("Told of the campaign: no"))
    if not plan.filters.states:
        said.append(gettext("in every state"))
    if plan.order is not ExportOrder.SIGNING:
        said.append(gettext(dict(ORDER_LABELS)[plan.order.value]).lower())
    return said
