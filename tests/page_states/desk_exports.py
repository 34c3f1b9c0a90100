"""Pages on which exports are asked for and watched."""

from campaign.domain.accounts.actor import Actor
from campaign.domain.exports.plan import DEFAULT_COLUMNS, ExportFormat, ExportOrder, ExportPlan
from campaign.domain.signatures.filters import Filters
from campaign.services import exports
from tests.page_states.desk_scenario import DeskScenario
from tests.support.finished_exports import finished_export


def add_exports(desk: DeskScenario) -> None:
    """None, some in every state, and the form."""
    pond, runtime, mary = "/c/village-pond", desk.site.runtime, desk.owner.id
    desk.add("exports, none", "/c/lido/exports")
    desk.add("export, new", f"{pond}/exports/new")
    desk.add(
        "export, with mistakes", f"{pond}/exports", status=422, format="scroll", since="yesterday", area="Nowhere", updates="x"
    )
    plan = ExportPlan(
        ExportFormat.PACK, (*DEFAULT_COLUMNS, "email"), Filters(area="SW1A"), updates=True, order=ExportOrder.NAME
    )
    for number, state in enumerate(("failed", "cancelled", "expired")):
        made = finished_export(runtime, desk.pond.id, mary, plan=plan)
        problem = "It could not be made, after several attempts." if not number else ""
        desk.site.execute_sql(
            "UPDATE exports SET state = :state, failure_reason = :problem WHERE id = :id", state=state, problem=problem, id=made
        )
    finished_export(runtime, desk.pond.id, mary, b"x" * 3_400_000, plan)
    finished_export(runtime, desk.pond.id, mary, plan=ExportPlan(ExportFormat.LIST, (), updates=True, program="listmonk"))
    for _ in range(2):
        running = exports.request_export(runtime, Actor("Mary Seacole", mary), desk.pond, mary, ExportPlan())
    desk.site.execute_sql(
        """UPDATE exports SET state = 'running', claim_key = 'x', written = 40, expected = 100, due_at = '2999-01-01'
           WHERE id = :id""",
        id=running,
    )
    desk.add("exports", f"{pond}/exports")
