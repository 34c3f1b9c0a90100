"""Recipients' names in sentences: the article of an institution is small within an English one, and no other letter changes."""

import pytest

from campaign.domain.campaigns.recipient_name import beginning_sentence, within_sentence
from campaign.languages import BUNDLED_LANGUAGES


@pytest.mark.parametrize(
    "name",
    [
        "The House of Commons", "The House of Commons of Canada", "The Houses of the Oireachtas", "The Scottish Parliament",
        "The Prime Minister", "The First Minister of Wales", "The Secretary of State for Health", "The UK Government",
        "The Mayor of London", "The Mayor’s Office", "The Department for Transport", "The Board of Trustees, Pond Trust",
        "The Leader of the Opposition", "The parish council", "The Government of The Gambia", "The Home Office",
        "The Joint Committee on Human Rights", "The Owner",
    ],
)  # fmt: skip
def test_the_article_of_an_institution_is_small_within_a_sentence(name: str) -> None:
    assert within_sentence(name, "en") == f"the{name[3:]}"
    assert beginning_sentence(within_sentence(name, "en"), "en") == name


@pytest.mark.parametrize(
    "name",
    [
        "The Hague", "The Hague City Council", "The Gambia High Commission", "The Wrekin Council", "The Guardian", "The Who",
        "The Gap", "The City", "The", "Them", "THE COUNCIL", "the council", "Theresa Mayor", "House of Commons",
        "Oxford City Council", "The Ocado Board", "",
    ],
)  # fmt: skip
def test_any_other_name_stays_as_it_is(name: str) -> None:
    assert within_sentence(name, "en") == name


def test_other_languages_have_the_name_as_it_was_written() -> None:
    for language in set(BUNDLED_LANGUAGES.codes) - {"en"}:
        assert within_sentence("The House of Commons", language) == "The House of Commons"
        assert beginning_sentence("the House of Commons", language) == "the House of Commons"


def test_only_an_article_grows_at_the_beginning_of_a_sentence() -> None:
    assert [beginning_sentence(name, "en") for name in ("the town council", "de Volkskrant", "theatre", "")] == [
        "The town council",
        "de Volkskrant",
        "theatre",
        "",
    ]
