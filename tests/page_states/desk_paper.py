"""Pages on which paper is printed, typed in, brought in and undone."""

import io

from campaign.domain.accounts.actor import Actor
from campaign.domain.paper.entry import PaperEntry, read_entry
from campaign.domain.paper.paper_text import UNKNOWN_PAPER_TEXT
from campaign.services.paper import import_list, list_uploads, sheets, type_in, validate
from campaign.services.paper.list_uploads import UploadForm
from campaign.services.paper.validate import ReadOptions
from tests.page_states.desk_scenario import DeskScenario

_LIST = b"Name,Postcode,Email,Updates\nAnn Smith,LS1 4AP,ann@example.org,yes\nGrace Hopper,SW1A 1AA,,\nCy,nowhere,,maybe\n"


def add_paper(desk: DeskScenario) -> None:
    """None, some in every state, and the forms."""
    pond, runtime = "/c/village-pond", desk.site.runtime
    mary = Actor("Mary Seacole", desk.owner.id)
    desk.add("paper, none", "/c/lido/paper")
    desk.add("paper, with mistakes", f"{pond}/paper/sheets", status=422, profile="scroll", amount="0", rows="x")
    desk.add("paper, without a file", f"{pond}/paper/file", status=422, csrf_only="1")
    sheets.create_sheets(runtime, mary, desk.pond, 3, 10, "council", "en")
    desk.add("paper, typing in", f"{pond}/paper/type?sheet=2", desk.moderator)
    desk.add("paper, typing in, with mistakes", f"{pond}/paper/type", status=422, sheet="2", name="", postcode="x")
    desk.add("paper, typing in, no such sheet", f"{pond}/paper/type?sheet=99", status=422)
    for line, name in ((1, "Ann Lee"), (2, "Ada Lovelace")):
        entry, _ = read_entry(line, {"name": name, "postcode": "LS1 4AP"}, validate.row_rules(desk.pond, runtime.now()))
        assert isinstance(entry, PaperEntry)
        type_in.type_in_line_as_typist(runtime, Actor("Ty Pist", desk.typist.id), desk.pond, 3, entry)
    desk.add("paper, typing in, as a typist", f"{pond}/paper/type?sheet=3", desk.typist)
    desk.add("paper, as a typist", f"{pond}/paper", desk.typist)
    for number, likely in enumerate((True, False, False)):
        checked = validate.validate_list(runtime, desk.pond, io.BytesIO(_LIST + b"\n" * number), ReadOptions())
        with runtime.transaction() as connection:
            held = import_list.add_unconfirmed(runtime, connection, desk.owner.id, desk.pond, checked, f"stall-{number}.csv")
        if number < 2:
            desk.site.execute_sql("DELETE FROM intakes WHERE id = :id", id=held)
            import_list.import_validated(
                runtime, mary, desk.pond, checked, label=f"stall-{number}.csv", include_likely=likely or number > 0
            )
    form = UploadForm({"text": "unknown", "since": "", "sheet": ""}, {}, "", UNKNOWN_PAPER_TEXT)
    refused = list_uploads.store_upload(runtime, mary, desk.pond, "minutes.pdf", b"%PDF-1.7", form)
    unnamed = list_uploads.store_upload(runtime, mary, desk.pond, "columns.csv", b"A,B\n1,2\n", form)
    desk.site.run_workers()
    waiting = list_uploads.store_upload(runtime, mary, desk.pond, "market.csv", _LIST, form)
    desk.add("paper, a list that waits to be read", f"{pond}/paper/uploads/{waiting}")
    desk.add("paper, a list that cannot be read", f"{pond}/paper/uploads/{refused}")
    desk.add("paper, a list without names of columns", f"{pond}/paper/uploads/{unnamed}")
    # The form asks once more where somebody looks like one who has signed.
    desk.add(
        "paper, likely a duplicate",
        f"{pond}/paper/type",
        status=422,
        sheet="2",
        name="Ann Smith",
        postcode="LS1 4AP",
        country="GB",
    )
    desk.add("paper, a list that waits", f"{pond}/paper/intakes/{held}")
    desk.add("paper, an intake", f"{pond}/paper/intakes/{held - 1}")
    desk.add("paper, undo without a reason", f"{pond}/paper/intakes/{held - 1}/undo", status=422, reason="")
    desk.add("paper", f"{pond}/paper")
