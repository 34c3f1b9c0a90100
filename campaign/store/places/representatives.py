"""Representatives of constituencies and councils, as the operator's file says."""

from collections.abc import Iterable

from sqlalchemy import Connection, bindparam, delete, select

from campaign.domain.places.place import AreaKind
from campaign.domain.places.representative import Representative
from campaign.store.database.statements import columns_of
from campaign.store.tables import representatives

_DELETE_KIND = delete(representatives).where(representatives.c.kind == bindparam("kind"))
_OF_KIND = select(*columns_of(Representative, representatives)).where(representatives.c.kind == bindparam("kind"))


def replace_representatives(connection: Connection, found: Iterable[Representative]) -> dict[str, int]:
    """Replace all representatives of the kinds given; returns how many of each."""
    rows = [{"kind": one.kind.value, "area": one.area, "name": one.name, "form": one.form, "party": one.party} for one in found]
    kinds = {kind: sum(row["kind"] == kind for row in rows) for kind in sorted({row["kind"] for row in rows})}
    for kind in kinds:
        connection.execute(_DELETE_KIND, {"kind": kind})
    if rows:
        connection.execute(representatives.insert(), rows)
    return kinds


def representatives_by_area(connection: Connection, kind: AreaKind) -> dict[str, Representative]:
    """Representatives of one kind, by area: its code, or its name in small letters."""
    rows = connection.execute(_OF_KIND, {"kind": kind.value})
    return {row.area: Representative(**{**row._asdict(), "kind": kind}) for row in rows}
