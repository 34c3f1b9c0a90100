"""Who represents constituencies and councils, as the operator's file says."""

from collections.abc import Iterable

from sqlalchemy import Connection

from campaign.domain.places.place import AreaKind
from campaign.domain.places.representative import Representative
from campaign.store.database.statements import statement
from campaign.store.tables import representatives

_DELETE_KIND = statement("DELETE FROM representatives WHERE kind = :kind")
_OF_KIND = statement("SELECT kind, area, name, form, party FROM representatives WHERE kind = :kind")


def replace_representatives(connection: Connection, found: Iterable[Representative]) -> dict[str, int]:
    """Put these in the place of all of their kinds; returns how many of each."""
    rows = [{"kind": one.kind.value, "area": one.area, "name": one.name, "form": one.form, "party": one.party} for one in found]
    kinds = {kind: sum(row["kind"] == kind for row in rows) for kind in sorted({row["kind"] for row in rows})}
    for kind in kinds:
        connection.execute(_DELETE_KIND, {"kind": kind})
    if rows:
        connection.execute(representatives.insert(), rows)
    return kinds


def representatives_by_area(connection: Connection, kind: AreaKind) -> dict[str, Representative]:
    """All of one kind, by what their area is found by."""
    rows = connection.execute(_OF_KIND, {"kind": kind.value})
    return {row.area: Representative(AreaKind(row.kind), row.area, row.name, row.form, row.party) for row in rows}
