"""Pages on which paper is printed, typed in, brought in and undone."""

import io

from campaign.domain.actor import Actor
from campaign.intake import checking, printing, taking
from campaign.intake.checking import Options
from tests.gallery.office import Office

_LIST = b"Name,Postcode,Email,Updates\nAnn Smith,LS1 4AP,ann@example.org,yes\nGrace Hopper,SW1A 1AA,,\nCy,nowhere,,maybe\n"


def paper(office: Office) -> None:
    """None, some in every state, and the forms."""
    pond, runtime = "/c/village-pond", office.place.runtime
    mary = Actor("Mary Seacole", office.owner.id)
    office.add("paper, none", "/c/lido/paper")
    office.add("paper, with mistakes", f"{pond}/paper/sheets", status=422, profile="scroll", amount="0", rows="x")
    office.add("paper, without a file", f"{pond}/paper/file", status=422, csrf_only="1")
    printing.make(runtime, mary, office.pond, 3, 10, "council", "en")
    office.add("paper, typing in", f"{pond}/paper/type?sheet=2", office.moderator)
    office.add("paper, typing in, with mistakes", f"{pond}/paper/type", status=422, sheet="2", name="", postcode="x")
    office.add("paper, typing in, no such sheet", f"{pond}/paper/type?sheet=99", status=422)
    for number, likely in enumerate((True, False, False)):
        checked = checking.check(runtime, office.pond, io.BytesIO(_LIST + b"\n" * number), Options())
        held = taking.hold(runtime, mary, office.pond, checked, f"stall-{number}.csv")
        if number < 2:
            office.place.change("DELETE FROM intakes WHERE id = :id", id=held)
            taking.take(runtime, mary, office.pond, checked, label=f"stall-{number}.csv", likely=likely or number > 0)
    office.place.settle()
    # The form asks once more where somebody looks like one who has signed.
    office.add(
        "paper, likely a duplicate",
        f"{pond}/paper/type",
        status=422,
        sheet="2",
        name="Ann Smith",
        postcode="LS1 4AP",
        country="GB",
    )
    office.add("paper, a list that waits", f"{pond}/paper/intakes/{held}")
    office.add("paper, an intake", f"{pond}/paper/intakes/{held - 1}")
    office.add("paper, undo without a reason", f"{pond}/paper/intakes/{held - 1}/undo", status=422, reason="")
    office.add("paper", f"{pond}/paper")
