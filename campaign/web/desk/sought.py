"""What is looked for, as a request says it: filters in its query, or those it only names, since they are somebody's own.

`?state…` and the like stand in the query as they are; names and addresses never do. They are sent by POST, kept, and named by
`?f=` from then on, or saved, and named by `?saved=`. Every page that works on "these signatures" reads them here.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from flask import request

from campaign import searching
from campaign.domain.filters import FIELDS, OF_ADDRESSES, PERSONAL, Filters, FiltersRefused, read_filters
from campaign.domain.role import Act
from campaign.runtime import Runtime
from campaign.web.desk.gate import Visit
from campaign.web.desk.typed import shown_again

_LONGEST_WITHOUT = 500
_LONGEST_NAME = 40
_NOT_YOURS = "Your role does not include searching by addresses or networks."
_NOT_IN_QUERIES = "Search for people with the form: what is in an address bar is kept in histories and logs."
_OVER = "That search was kept for an hour, and is over. Search again."


@dataclass(frozen=True, slots=True)
class Sought:
    """What is looked for."""

    filters: Filters = field(default_factory=Filters)
    errors: Mapping[str, str] = field(default_factory=dict)
    """What is wrong with it, by field; nothing is to be looked for then. At "f": the search it names is not there."""
    typed: Mapping[str, str] = field(default_factory=dict)
    """What to show in the fields of a form."""
    named: tuple[tuple[str, str], ...] = ()
    """How the query names filters that do not stand in it."""
    title: str = ""
    """The name they were saved under."""

    @property
    def query(self) -> list[tuple[str, str]]:
        """The query that leads to the same signatures, in pairs."""
        return list(self.named) if self.named else self.filters.to_query()

    @property
    def encoded(self) -> str:
        """The same as it stands in an address, for links to other pages that work on these signatures."""
        return urlencode(self.query)


def sought(runtime: Runtime, visit: Visit) -> Sought:
    """What the query of this request says is looked for. Filters their role does not include are refused, not left out.

    Where it names a search, `?without=` takes filters out of that.
    """
    whose = visit.campaigner.id, visit.campaign.id
    given = request.args.to_dict(flat=False)
    if name := request.args.get("f", "")[:_LONGEST_NAME]:
        filters = searching.kept(runtime, visit.session.id, *whose, name)
        return Sought(errors={"f": _OVER}) if filters is None else _named(visit, filters, ("f", name))
    number = request.args.get("saved", "")
    if number.isascii() and number.isdigit() and len(number) < 19:
        found = searching.open_saved(runtime, *whose, int(number))
        if found is None:
            return Sought(errors={"f": "That saved search is not there any more."})
        return _named(visit, found[1], ("saved", number), found[0])
    if any(request.args.get(name) for name in PERSONAL):
        return Sought(errors={name: _NOT_IN_QUERIES for name in PERSONAL[:2] if request.args.get(name)})
    return read_sought(visit, given)


def read_sought(visit: Visit, given: Mapping[str, Sequence[str]]) -> Sought:
    """What a query or a form says is looked for."""
    try:
        return _allowed(visit, read_filters(given, visit.campaign.zone))
    except FiltersRefused as refused:
        typed = {name: shown_again(values[-1]) for name, values in given.items() if name in FIELDS and values}
        return Sought(errors=refused.errors, typed=typed)


def _named(visit: Visit, filters: Filters, name: tuple[str, str], title: str = "") -> Sought:
    without = ",".join(request.args.getlist("without"))[:_LONGEST_WITHOUT]
    filters = filters.without(*without.split(","))
    return _allowed(visit, filters, named=(name, ("without", without)) if without else (name,), title="" if without else title)


def _allowed(visit: Visit, filters: Filters, **more: Any) -> Sought:
    if not visit.may(Act.READ_ADDRESSES) and (refused := [name for name in filters.used if name in OF_ADDRESSES]):
        return Sought(errors=dict.fromkeys(refused, _NOT_YOURS))
    return Sought(filters, typed=_typed(visit, filters), **more)


def _typed(visit: Visit, filters: Filters) -> dict[str, str]:
    """The filters as the fields of a form show them: times on the campaign's clock."""
    typed = {name: value for name, value in filters.to_json().items() if isinstance(value, str)}
    for name, at in (("since", filters.since), ("before", filters.before)):
        if at is not None:
            local = at.astimezone(visit.campaign.zone)
            typed[name] = local.strftime("%Y-%m-%dT%H:%M" if local.second == 0 else "%Y-%m-%dT%H:%M:%S")
    return typed
