"""Filters: read from queries, forms and JSON, written back, and refused with words at their field."""

import json
import string
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from campaign.domain.places.postcode_part import PostcodePart
from campaign.domain.signatures.filters import FILTER_NAMES, Filters, InvalidFiltersError, filters_from_json, read_filters
from campaign.domain.signatures.signature import SignatureState

LONDON = ZoneInfo("Europe/London")


def read(**given: Any) -> Filters:
    return read_filters({name: value if isinstance(value, list) else [value] for name, value in given.items()}, LONDON)


def refusals(**given: Any) -> dict[str, str]:
    with pytest.raises(InvalidFiltersError) as refused:
        read(**given)
    return dict(refused.value.errors)


def test_nothing_given_leaves_nothing_out() -> None:
    assert read() == Filters()
    assert read(**dict.fromkeys(FILTER_NAMES, " ")) == Filters()
    assert Filters().active == ()


@pytest.mark.parametrize(
    ("given", "meant"),
    [
        ({"name": " Siân  "}, {"name": "Siân"}),
        ({"name": "\u200fمحمد"}, {"name": "محمد"}),
        ({"address": "Ada.L+x@GoogleMail.com"}, {"address": "Ada.L+x@googlemail.com"}),
        ({"address": "ada@example.org", "as_typed": "1"}, {"address": "ada@example.org", "as_typed": True}),
        ({"domain": "@Example.ORG"}, {"domain": "example.org"}),
        ({"domain": "googlemail.com"}, {"domain": "gmail.com"}),
        ({"domain": "münchen.de"}, {"domain": "xn--mnchen-3ya.de"}),
        ({"area": "sw"}, {"area": "SW"}),
        ({"area": " sw1a "}, {"area": "SW1A"}),
        ({"country": "fr"}, {"country": "FR"}),
        ({"network": "203.0.113.77"}, {"network": "203.0.113.0/24"}),
        ({"network": "203.0.113.0/24"}, {"network": "203.0.113.0/24"}),
        ({"network": "203.0.113.64/26"}, {"network": "203.0.113.0/24"}),
        ({"network": "203.0.113.7/16"}, {"network": "203.0.0.0/16"}),
        ({"network": "2001:db8:1::/32"}, {"network": "2001:db8::/32"}),
        ({"network": "2001:db8:1:2::3"}, {"network": "2001:db8:1::/48"}),
        ({"source": "Leaflet-1"}, {"source": "leaflet-1"}),
        ({"states": ["withdrawn", "pending"]}, {"states": (SignatureState.PENDING, SignatureState.WITHDRAWN)}),
        ({"states": [str(state) for state in SignatureState]}, {"states": ()}),
        ({"since": "2026-07-01T12:00"}, {"since": datetime(2026, 7, 1, 11, 0, tzinfo=UTC)}),
        ({"before": "2026-11-23"}, {"before": datetime(2026, 11, 23, tzinfo=UTC)}),
        ({"before": "2026-07-01T12:00Z"}, {"before": datetime(2026, 7, 1, 12, tzinfo=UTC)}),
        ({"comment": "no"}, {"comment": False}),
        ({"text": "A" * 64}, {"text": "a" * 64}),
        ({"batch": "12"}, {"batch": 12}),
        ({"flag": "7"}, {"flag": 7}),
    ],
)
def test_what_is_typed_is_read_as_it_is_meant(given: dict[str, Any], meant: dict[str, Any]) -> None:
    assert read(**given) == Filters(**meant)


@pytest.mark.parametrize(
    ("name", "typed"),
    [
        ("name", "x" * 121), ("name", "x" * 5000), ("name", "a\x00b"), ("name", "\u0301"), ("name", "a\x07b"),
        ("address", "nobody"), ("address", "a@b@c"), ("address", "a\x00@example.org"), ("domain", "a b"), ("domain", "%"),
        ("domain", "x" * 5000), ("area", "123"), ("area", "SW1A 1A"), ("area", "SW1A 1AAA"), ("area", "LS1 11"),
        ("country", "XX"),
        ("country", "United Kingdom"), ("network", "10.0.0.0/8"), ("network", "everywhere"),
        ("network", "203.0.112.0/20"), ("network", "2001:d00::/24"),
        ("network", "fe80::1%eth0\x00"), ("source", "x" * 65), ("source", "a\x00"), ("states", "deleted"),
        ("since", "yesterday"),
        ("since", "0001-01-01T00:00"), ("before", "9999-12-31T23:59-14:00"), ("comment", "maybe"), ("text", "abc"),
        ("text", "g" * 64), ("batch", "0"), ("batch", "-1"), ("batch", "1e3"), ("batch", "٣"), ("batch", "9" * 19),
        ("flag", "0"), ("flag", "x"),
    ],
)  # fmt: skip
def test_what_cannot_be_meant_is_refused_at_its_field(name: str, typed: str) -> None:
    found = refusals(**{name: typed})
    assert list(found) == [name]
    assert found[name].endswith(".")
    assert len(found[name]) < 200


def test_all_that_is_wrong_is_said_at_once() -> None:
    assert set(refusals(area="1", country="XX", batch="x", name=["a", "b"])) == {"area", "country", "batch", "name"}


def test_a_time_must_end_after_it_begins() -> None:
    assert set(refusals(since="2026-11-23T12:00", before="2026-11-23T12:00")) == {"before"}


def test_a_spelling_needs_its_address() -> None:
    assert set(refusals(as_typed="1")) == {"address"}
    assert refusals(as_typed="1", address="x") == refusals(address="x")


@pytest.mark.parametrize(
    ("area", "letters"),
    [("SW", "SW"), ("SW1A", "SW"), ("E1W", "E"), ("N12", "N"), ("M1", "M"), ("", ""), ("LS1 1AA", "LS"), ("BFPO 7", "BF")],
)
def test_a_postcode_and_its_beginnings_lie_in_an_area(area: str, letters: str) -> None:
    assert Filters(area=area).postcode_part.area == letters


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("LS1 1AA", PostcodePart("LS", whole="LS1 1AA")), ("ls11aa", PostcodePart("LS", whole="LS1 1AA")),
        ("LS1 1", PostcodePart("LS", sector="LS1 1")), ("LS11", PostcodePart("LS", district="LS11")),
        ("LS111", PostcodePart("LS", sector="LS11 1")), ("LS11 1AA", PostcodePart("LS", whole="LS11 1AA")),
        ("SW1A1", PostcodePart("SW", sector="SW1A 1")), ("sw1a-1aa", PostcodePart("SW", whole="SW1A 1AA")),
        ("M1", PostcodePart("M", district="M1")), ("M", PostcodePart("M")), ("gir 0aa", PostcodePart("", whole="GIR 0AA")),
        ("bfpo 012", PostcodePart("BF", whole="BFPO 12")), ("BFPO", PostcodePart("BF")),
        ("ＬＳ１ １", PostcodePart("LS", sector="LS1 1")),
    ],
)  # fmt: skip
def test_a_postcode_its_sector_its_district_and_its_area_are_told_apart(typed: str, meant: PostcodePart) -> None:
    assert read(area=typed).postcode_part == meant


def test_a_whole_name_needs_its_name() -> None:
    assert read(whole_name="1") == Filters()
    assert read(whole_name="1", name="Jo Doe") == Filters(name="Jo Doe", whole_name=True)


def test_a_part_of_a_name_needs_its_name_and_gives_way_to_the_whole_of_it() -> None:
    assert read(part_of_name="1") == Filters()
    assert read(part_of_name="1", name="oe") == Filters(name="oe", part_of_name=True)
    assert read(part_of_name="1", whole_name="1", name="oe") == Filters(name="oe", whole_name=True)


def test_words_of_a_comment_are_a_few_letters_at_least() -> None:
    assert set(refusals(words="at")) == {"words"}
    assert read(words=" the pond ") == Filters(words="the pond")


def test_names_are_compared_without_case_and_accents() -> None:
    assert Filters(name="Siân Ó").name_key == "sian o"


def test_every_spelling_of_an_address_is_compared_as_one() -> None:
    assert Filters(address="A.d.a+x@googlemail.com").email_key == "ada@gmail.com"


def test_who_is_looked_for_never_stands_in_a_query() -> None:
    for personal in (
        Filters(name="Ada"),
        Filters(address="ada@example.org"),
        Filters(area="SW", name="Ada"),
        Filters(area="SW1A 1AA"),
        Filters(words="my son Ben"),
    ):
        with pytest.raises(ValueError, match="not for queries"):
            personal.to_query()
    assert Filters(network="203.0.113.0/24").to_query() == [("network", "203.0.113.0/24")]


def test_a_filter_is_taken_away_by_its_name() -> None:
    filters = Filters(area="SW", country="GB", comment=False)
    assert filters.without("area", "nothing") == Filters(country="GB", comment=False)
    assert filters.only("comment") == Filters(comment=False)
    assert filters.active == ("area", "country", "comment")


_TIMES = st.none() | st.datetimes(
    datetime(2001, 1, 1), datetime(2100, 1, 1), timezones=st.sampled_from([UTC, LONDON])
)  # fmt: skip
_FILTERS = st.builds(
    Filters,
    name=st.sampled_from(["", "Ada", "Siân", "O'Brien", "%", "_", '"']),
    domain=st.sampled_from(["", "example.org"]),
    area=st.sampled_from(["", "SW", "SW1A", "SW1A 1"]),
    country=st.sampled_from(["", "GB", "FR"]),
    network=st.sampled_from(["", "203.0.113.0/24", "2001:db8:1::/48", "203.0.0.0/16", "2001:db8::/32"]),
    source=st.text(string.ascii_lowercase + string.digits + "-.%_'", max_size=64).map(str.strip),
    states=st.sets(st.sampled_from(list(SignatureState)), max_size=3).map(
        lambda chosen: tuple(state for state in SignatureState if state in chosen)
    ),
    held=st.booleans(),
    since=_TIMES.map(lambda at: at and at.astimezone(UTC)),
    comment=st.sampled_from([None, True, False]),
    text=st.sampled_from(["", "0" * 64]),
    batch=st.none() | st.integers(1, 10**17),
    flag=st.none() | st.integers(1, 10**17),
)


@given(_FILTERS)
def test_filters_come_back_from_json_and_queries_as_they_went(filters: Filters) -> None:
    assert filters_from_json(json.loads(json.dumps(filters.to_json()))) == filters
    plain = filters.without("name")
    query: dict[str, list[str]] = {}
    for name, value in plain.to_query():
        query.setdefault(name, []).append(value)
    assert read_filters(query, LONDON) == plain


@given(st.sampled_from(FILTER_NAMES), st.text(max_size=300))
def test_whatever_is_typed_is_read_or_refused(name: str, typed: str) -> None:
    errors: set[str] = set()
    filters = Filters()
    try:
        filters = read(**{name: typed})
    except InvalidFiltersError as refused:
        errors = set(refused.errors)
    assert errors <= {name, "address"}
    assert "\\u0000" not in json.dumps(filters.to_json())
    assert len(filters.name_key) <= 120
