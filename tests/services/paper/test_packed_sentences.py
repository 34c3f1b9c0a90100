"""Sentences on rows of a list, packed until somebody reads them."""

import json
from datetime import date

from campaign.domain.campaigns.campaign import SignFormFields
from campaign.domain.common.formatting import CalendarDay
from campaign.domain.common.invalid_input import Sentence
from campaign.domain.paper.entry import EntryRules, InvalidRow, read_entry
from campaign.services.paper.packed_sentences import MessageTable, sentence_to_text, text_to_sentence

RULES = EntryRules(SignFormFields(), date(2026, 11, 23), date(2026, 12, 23))


def parts(words: object) -> object:
    """A sentence down to what it was made of."""
    if not isinstance(words, Sentence):
        return words
    return words.message, {name: parts(value) for name, value in words.values.items()}


def test_a_sentence_is_what_it_was_made_of() -> None:
    inner = Sentence("%(most)d characters or fewer, as %(typed)s has.", {"most": 120, "typed": "5 % of [1, {}]"})
    whole = Sentence("before %(day)s: %(why)s", {"day": CalendarDay(date(2026, 11, 3)), "why": inner})
    read = text_to_sentence(sentence_to_text(whole))
    assert str(read) == "before 3 November 2026: 120 characters or fewer, as 5 % of [1, {}] has."
    assert parts(read) == parts(whole)
    assert parts(text_to_sentence(sentence_to_text("100 % wrong"))) == ("100 % wrong", {})


def test_a_message_is_kept_once_and_what_was_typed_is_cut() -> None:
    table, messages, packed = MessageTable(), [], []
    for line in range(100):
        row = {"name": f"={'x' * 10_000}", "postcode": "y" * 10_000, "date": f"{line} {'z' * 10_000}"}
        refused, _ = read_entry(line, row, RULES)
        assert isinstance(refused, InvalidRow)
        messages.append(refused.message)
        packed.append(table.pack(refused.message))
    # Three fields, three refusals of what was typed, and two that join.
    assert len(table.messages) == 8
    assert max(len(json.dumps(one)) for one in packed) < 450
    assert [MessageTable(table.messages).unpack(one) for one in packed] == messages
