"""Sentences of the domain in the language of a page: the values in them, and the sentences among these, too."""

from collections.abc import Iterator
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from flask import Flask

from campaign.domain.common.field_reader import FieldReader, InvalidFieldsError, read_text
from campaign.domain.common.formatting import LanguageName, Moment
from campaign.domain.common.invalid_input import InvalidInputError, Sentence
from campaign.services.paper.type_in import LineError
from campaign.web.language import use_desk_language
from campaign.web.translation import translated


@pytest.fixture
def welsh(app: Flask) -> Iterator[None]:
    with app.test_request_context("/desk/"):
        use_desk_language("cy")
        yield


def test_an_error_is_a_sentence_that_knows_what_it_was_made_of() -> None:
    error = InvalidInputError("Use %(most)s characters or fewer.", most=20)
    assert str(error) == "Use 20 characters or fewer."
    assert f"{error}" == error.sentence == "Use 20 characters or fewer."
    assert (error.message, error.values) == ("Use %(most)s characters or fewer.", {"most": 20})
    assert LineError("line", "Line %(line)s is typed in already.", line=4).sentence == "Line 4 is typed in already."


@pytest.mark.usefixtures("welsh")
def test_a_sentence_is_said_in_the_pages_language_with_the_values_and_sentences_in_it() -> None:
    at = datetime(2027, 3, 31, 22, 59, tzinfo=UTC)
    asked = Sentence("“%(typed)s”: %(why)s", {"typed": "x", "why": InvalidInputError("That date is yet to come.").sentence})
    next_one = "One update a week can be mailed, and no more. The next can go on %(when)s."
    for sentence, said in (
        (InvalidInputError("Use %(most)s characters or fewer.", most=20).sentence, "Defnyddiwch 20 nod neu lai."),
        (asked, "“x”: Nid yw’r dyddiad hwnnw wedi dod eto."),
        (Sentence("The text is there in %(language)s.", {"language": LanguageName("cy")}), "Cymraeg."),
        (Sentence(next_one, {"when": Moment(at, ZoneInfo("Europe/London"))}), "31 Mawrth 2027 am 23:59 BST."),
        (Sentence("100% of “%(name)s”", {}), "100% of “%(name)s”"),
        ("", ""),
    ):
        assert translated(sentence).endswith(said), sentence


@pytest.mark.usefixtures("welsh")
def test_what_is_wrong_with_a_field_is_still_such_a_sentence_where_all_are_remembered() -> None:
    fields = FieldReader({"title": "x" * 4}, "", {})
    fields.read("title", lambda value: read_text(value, 3), "", "")
    with pytest.raises(InvalidFieldsError) as refused:
        fields.raise_errors()
    assert translated(refused.value.errors["title"]) == "rhaid iddo fod yn 3 nod neu lai; mae ynddo 4"
