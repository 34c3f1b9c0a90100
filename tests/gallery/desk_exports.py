"""Pages on which exports are asked for and watched."""

from campaign import exporting
from campaign.domain.actor import Actor
from campaign.domain.export import COLUMNS, Format, Order, Plan
from campaign.domain.filters import Filters
from tests.gallery.office import Office
from tests.handed import done_export


def exports(office: Office) -> None:
    """None, some in every state, and the form."""
    pond, runtime, mary = "/c/village-pond", office.place.runtime, office.owner.id
    office.add("exports, none", "/c/lido/exports")
    office.add("export, new", f"{pond}/exports/new")
    office.add(
        "export, with mistakes", f"{pond}/exports", status=422, format="scroll", since="yesterday", area="Nowhere", updates="x"
    )
    plan = Plan(Format.PACK, (*COLUMNS, "email"), Filters(area="SW1A"), updates=True, order=Order.NAME)
    for number, state in enumerate(("failed", "cancelled", "expired")):
        made = done_export(runtime, office.pond.id, mary, plan=plan)
        problem = "It could not be made, after several attempts." if not number else ""
        office.place.change(
            "UPDATE exports SET state = :state, problem = :problem WHERE id = :id", state=state, problem=problem, id=made
        )
    done_export(runtime, office.pond.id, mary, b"x" * 3_400_000, plan)
    for _ in range(2):
        running = exporting.ask(runtime, Actor("Mary Seacole", mary), office.pond, mary, Plan())
    office.place.change(
        "UPDATE exports SET state = 'running', claim = 'x', written = 40, expected = 100, due_at = '2999-01-01' WHERE id = :id",
        id=running,
    )
    office.add("exports", f"{pond}/exports")
