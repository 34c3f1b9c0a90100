"""Addresses suggested from titles."""

from itertools import islice

import pytest
from hypothesis import given
from hypothesis import strategies as st

from campaign.domain.campaigns.definition import check_slug
from campaign.domain.campaigns.slug import MAX_SLUG_LENGTH, slug_variants, suggested_slug


@pytest.mark.parametrize(
    ("title", "slug"),
    [
        ("Save the village pond", "save-the-village-pond"),
        ("Keep Mill Street’s library — open!", "keep-mill-streets-library-open"),
        ("Cadwch lyfrgell Llŷn ar agor", "cadwch-lyfrgell-llyn-ar-agor"),
        ("Straße, Łódź & Ærø", "strasse-lodz-aero"),
        ("№ 10: ＮＨＳ", "no-10-nhs"),
        ("保护池塘", "campaign"),
        ("", "campaign"),
        ("word " * 40, "word-word-word-word-word-word-word-word-word-word-word-word"),
        ("w" * 150, "w" * 60),
    ],
)
def test_a_slug_is_made_of_the_words_of_a_title(title: str, slug: str) -> None:
    assert suggested_slug(title) == slug


@given(st.text(max_size=150))
def test_what_is_suggested_is_always_accepted_and_so_is_what_is_like_it(title: str) -> None:
    tried = list(islice(slug_variants(suggested_slug(title)), 120))
    assert len({check_slug(slug) for slug in tried}) == 120


def test_what_is_like_the_longest_slug_is_no_longer() -> None:
    assert [len(slug) for slug in islice(slug_variants("a" * MAX_SLUG_LENGTH), 12)] == [MAX_SLUG_LENGTH] * 12
    assert list(islice(slug_variants("a" * 77 + "-bc"), 2)) == ["a" * 77 + "-bc", "a" * 77 + "-2"]
