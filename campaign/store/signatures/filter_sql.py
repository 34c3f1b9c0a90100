"""Filters as SQL: a WHERE put together from constants of this file, and the values it is run with.

What a filter is found by stands here word for word as in the partial index that finds it: neither database takes it otherwise.
That, and the rows beyond a cursor compared as rows, is why it is text.
"""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import BindParameter, bindparam

from campaign.domain.common.networks import network_prefix
from campaign.domain.signatures.filters import Filters
from campaign.domain.signatures.signature import SignatureState
from campaign.store.database.column_types import UtcDateTime
from campaign.store.database.statements import LIKE_ESCAPE, anywhere_pattern
from campaign.store.tables import IS_HELD_SQL

_LAST_LETTER = "\U0010ffff"
_DIGITS = ", ".join(f"'{digit}'" for digit in range(10))
_NAME_SQL = "((name_key >= :f_name AND name_key < :f_name_end) OR (surname_key >= :f_name AND surname_key < :f_name_end))"

_NAME_ALONE_SQL = "name_key = :f_name"
_PART_OF_NAME_SQL = f"name_key LIKE :f_name_part ESCAPE '{LIKE_ESCAPE}'"
# SQLite folds the case of ASCII alone: words beginning with another letter are looked for in both cases of it.
_WORDS_SQL = (
    f"comment <> '' AND (lower(comment) LIKE :f_words ESCAPE '{LIKE_ESCAPE}' "
    f"OR comment LIKE :f_words_typed ESCAPE '{LIKE_ESCAPE}' OR comment LIKE :f_words_capital ESCAPE '{LIKE_ESCAPE}')"
)


@dataclass(frozen=True, slots=True)
class FilterCondition:
    """Condition for the rows of `signatures` that are meant."""

    sql: str
    """What comes after WHERE. Its parameters are `campaign_id`, `up_to`, `since`, `before`, and others that begin with "f_"."""
    parameters: dict[str, Any]
    """The parameters."""


def filter_condition(campaign_id: int, filters: Filters, *, max_signature_id: int | None = None) -> FilterCondition:
    """The signatures of a campaign that the filters fit; with `max_signature_id`, only those that were there up to this one.

    Columns stand without the name of their table, which must be the only one. Made into a statement by `text_statement`, with
    `time_parameters`.
    """
    parts, given = ["campaign_id = :campaign_id"], {"campaign_id": campaign_id, **_filter_parameters(filters)}
    parts += [sql for name, sql in _FILTER_SQL.items() if getattr(filters, name)]
    if filters.as_typed:
        parts.append("email = :f_email")
    if filters.name:
        parts.append(_NAME_ALONE_SQL if filters.whole_name else _PART_OF_NAME_SQL if filters.part_of_name else _NAME_SQL)
    if filters.area:
        parts += [sql for name, sql in _POSTCODE_SQL.items() if getattr(filters.postcode_part, name)]
    if filters.network:
        parts.append(_WIDER_NETWORK_SQL if filters.wider_network_pattern else _NETWORK_SQL)
    if filters.country:
        parts.append("country = :f_country" + (" AND country <> 'GB'" if filters.country != "GB" else ""))
    if filters.states:
        parts.append(state_condition(filters.states))
    if filters.comment is not None:
        parts.append("comment <> ''" if filters.comment else "comment = ''")
    if max_signature_id is not None:
        parts.append("id <= :up_to")
        given["up_to"] = max_signature_id
    return FilterCondition(" AND ".join(parts), given)


def time_parameters(sql: str) -> tuple[BindParameter[Any], ...]:
    """Those parameters of a condition that are times, typed for `text_statement`."""
    return tuple(bindparam(name, type_=UtcDateTime()) for name in ("since", "before") if f":{name}" in sql)


def state_condition(states: tuple[SignatureState, ...]) -> str:
    """Signatures in one of these states."""
    listed = ", ".join(f"'{state.value}'" for state in states)
    # All but the verified ones have an index of their own.
    rare = " AND state <> 'verified'" if SignatureState.VERIFIED not in states else ""
    return (f"state = {listed}" if len(states) == 1 else f"state IN ({listed})") + rare


_NETWORK_SQL = "network = :f_network AND network <> ''"
# No range: PostgreSQL would compare it by the rules of a language.
_WIDER_NETWORK_SQL = "(network LIKE :f_network_pattern OR network = :f_network) AND network <> ''"
_FILTER_SQL = {
    "address": "email_key = :f_email_key",
    "domain": "domain = :f_domain",
    "source": "source = :f_source AND source <> ''",
    "kind": "kind = :f_kind",
    "held": f"state = 'verified' AND {IS_HELD_SQL}",
    "flag": f"state = 'verified' AND held_flag_id = :f_flag AND {IS_HELD_SQL}",
    "since": "signed_at >= :since",
    "before": "signed_at < :before",
    "words": _WORDS_SQL,
    "text": "text_hash = :f_text",
    "batch": "batch_id = :f_batch",
}


_POSTCODE_SQL = {
    "area": "area = :f_area AND area <> ''",
    "whole": "postcode = :f_postcode",
    "sector": "postcode LIKE :f_sector",
    "district": f"postcode LIKE :f_outward AND substr(postcode, CAST(:f_next AS INTEGER), 1) NOT IN ({_DIGITS})",
}


def _filter_parameters(filters: Filters) -> dict[str, Any]:
    """The parameters of those that are used."""
    values: dict[str, Any] = {
        "f_domain": filters.domain, "f_network": network_prefix(filters.network.partition("/")[0]),
        "f_network_pattern": filters.wider_network_pattern, "f_source": filters.source, "f_country": filters.country,
        "f_kind": filters.kind, "since": filters.since, "before": filters.before, "f_text": filters.text,
        "f_batch": filters.batch, "f_flag": filters.flag, "f_email_key": filters.email_key,
    }  # fmt: skip
    if filters.name:
        values |= _name_parameters(filters)
    if filters.words:
        words = filters.words.lower()
        values |= {
            "f_words": anywhere_pattern(words), "f_words_typed": anywhere_pattern(filters.words),
            "f_words_capital": anywhere_pattern(words[0].upper() + words[1:]),
        }  # fmt: skip
    if filters.as_typed:
        values["f_email"] = filters.address
    part = filters.postcode_part
    values |= {"f_area": part.area, "f_postcode": part.whole, "f_sector": part.sector and f"{part.sector}%"}
    if part.district:
        values |= {"f_outward": f"{part.district}%", "f_next": len(part.district) + 1}
    return {name: value for name, value in values.items() if value not in ("", None)}


def _name_parameters(filters: Filters) -> dict[str, str]:
    if filters.part_of_name:
        return {"f_name_part": anywhere_pattern(filters.name_key)}
    return {"f_name": filters.name_key} | ({} if filters.whole_name else {"f_name_end": filters.name_key + _LAST_LETTER})
