"""Filters of a request: in its query, or only named there, since they are somebody's own.

`?state…` and the like stand in the query as they are; names and addresses never do. They are sent by POST, kept, and named by
`?f=` from then on, or saved, and named by `?saved=`. Every page that works on "these signatures" reads them here.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from flask import request

from campaign.domain.accounts.role import Permission
from campaign.domain.common.i18n import N_
from campaign.domain.common.invalid_input import Sentence
from campaign.domain.signatures.filters import (
    ADDRESS_FILTERS,
    FILTER_NAMES,
    PERSONAL_FILTERS,
    Filters,
    InvalidFiltersError,
    read_filters,
)
from campaign.domain.signatures.mail_domains import MIN_NAMED_DOMAIN
from campaign.services.signatures import search
from campaign.web.app_context import runtime
from campaign.web.desk.access import DeskContext
from campaign.web.desk.request_values import echoed_input, read_integer

_MAX_WITHOUT_CHARACTERS = 500
_MAX_REFERENCE_CHARACTERS = 40
_FORBIDDEN_MESSAGE = N_("Your role does not include searching by addresses or networks.")
_PRIVATE_DOMAIN_MESSAGE = N_(
    "Fewer than %(least)s have signed with that mail domain, or nobody: it is treated as an address. "
    "Your role does not include searching by addresses."
)
_PERSONAL_IN_QUERY_MESSAGE = N_("Search for people with the form: what is in an address bar is kept in histories and logs.")
_EXPIRED_MESSAGE = N_("That search was kept for an hour, and is over. Search again.")


@dataclass(frozen=True, slots=True)
class RequestedFilters:
    """Filters of a request: what is looked for."""

    filters: Filters = field(default_factory=Filters)
    errors: Mapping[str, str] = field(default_factory=dict)
    """What is wrong with it, by field; nothing is to be looked for then. At "f": the search it names is not there."""
    field_values: Mapping[str, str] = field(default_factory=dict)
    """What to show in the fields of a form."""
    reference: tuple[tuple[str, str], ...] = ()
    """How the query names filters that do not stand in it."""
    title: str = ""
    """The name they were saved under."""

    @property
    def query_pairs(self) -> list[tuple[str, str]]:
        """The query that leads to the same signatures, in pairs."""
        return list(self.reference) if self.reference else self.filters.to_query()

    @property
    def query_string(self) -> str:
        """The same as it stands in an address, for links to other pages that work on these signatures."""
        return urlencode(self.query_pairs)


def filters_from_request(context: DeskContext) -> RequestedFilters:
    """What the query of this request says is looked for. Filters their role does not include are refused, not left out.

    Where it names a search, `?without=` takes filters out of that.
    """
    whose = context.campaigner.id, context.campaign.id
    given = request.args.to_dict(flat=False)
    if name := request.args.get("f", "")[:_MAX_REFERENCE_CHARACTERS]:
        filters = search.get_stored_search(runtime(), context.session.id, *whose, name)
        return (
            RequestedFilters(errors={"f": _EXPIRED_MESSAGE})
            if filters is None
            else _referenced_filters(context, filters, ("f", name))
        )
    number = request.args.get("saved", "")
    if (saved_id := read_integer(number)) is not None:
        found = search.get_saved_filters(runtime(), *whose, saved_id)
        if found is None:
            return RequestedFilters(errors={"f": N_("That saved search is not there any more.")})
        return _referenced_filters(context, found[1], ("saved", number), found[0])
    if any(request.args.get(name) for name in PERSONAL_FILTERS):
        return RequestedFilters(
            errors={name: _PERSONAL_IN_QUERY_MESSAGE for name in PERSONAL_FILTERS[:2] if request.args.get(name)}
        )
    asked = filters_from_fields(context, given)
    return RequestedFilters(errors={"area": _PERSONAL_IN_QUERY_MESSAGE}) if asked.filters.is_personal else asked


def filters_from_fields(context: DeskContext, fields: Mapping[str, Sequence[str]]) -> RequestedFilters:
    """What a query or a form says is looked for."""
    try:
        return _permitted_filters(context, read_filters(fields, context.campaign.zone))
    except InvalidFiltersError as refused:
        typed = {name: echoed_input(values[-1]) for name, values in fields.items() if name in FILTER_NAMES and values}
        return RequestedFilters(errors=refused.errors, field_values=typed)


def _referenced_filters(context: DeskContext, filters: Filters, name: tuple[str, str], title: str = "") -> RequestedFilters:
    without = ",".join(request.args.getlist("without"))[:_MAX_WITHOUT_CHARACTERS]
    filters = filters.without(*without.split(","))
    return _permitted_filters(
        context, filters, reference=(name, ("without", without)) if without else (name,), title="" if without else title
    )


def _permitted_filters(context: DeskContext, filters: Filters, **more: Any) -> RequestedFilters:
    if not context.may(Permission.READ_ADDRESSES) and (refused := [name for name in filters.active if name in ADDRESS_FILTERS]):
        return RequestedFilters(errors=dict.fromkeys(refused, _FORBIDDEN_MESSAGE))
    hides_domain = bool(filters.domain) and not context.may(Permission.READ_ADDRESSES)
    # The same words whether a few have signed with it or nobody has.
    if hides_domain and search.is_private_domain(runtime(), context.campaign, filters.domain):
        return RequestedFilters(errors={"domain": Sentence(_PRIVATE_DOMAIN_MESSAGE, {"least": MIN_NAMED_DOMAIN})})
    return RequestedFilters(filters, field_values=_field_values(context, filters), **more)


def _field_values(context: DeskContext, filters: Filters) -> dict[str, str]:
    """The filters as the fields of a form show them: times on the campaign's clock."""
    typed = {name: value for name, value in filters.to_json().items() if isinstance(value, str)}
    for name, at in (("since", filters.since), ("before", filters.before)):
        if at is not None:
            local = at.astimezone(context.campaign.zone)
            typed[name] = local.strftime("%Y-%m-%dT%H:%M" if local.second == 0 else "%Y-%m-%dT%H:%M:%S")
    return typed
