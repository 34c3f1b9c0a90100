"""Sentences on rows of a list, packed as JSON: a worker writes them, and a page says them in the language of its reader."""

import json
from datetime import date
from typing import Any

from campaign.domain.common.formatting import CalendarDay
from campaign.domain.common.invalid_input import Sentence


class MessageTable:
    """Messages of packed sentences, each once: of twenty thousand rows, only what was typed in them takes room."""

    def __init__(self, messages: list[str] | None = None) -> None:
        self.messages = messages or []
        self._numbers = {message: number for number, message in enumerate(self.messages)}

    def pack(self, words: str) -> list[Any]:
        """A sentence as JSON has it: the number of its message, and its values by name; words without values likewise."""
        sentence = words if isinstance(words, Sentence) else Sentence(words, {})
        number = self._numbers.setdefault(sentence.message, len(self._numbers))
        if number == len(self.messages):
            self.messages.append(sentence.message)
        return [number, {name: self._packed_value(value) for name, value in sentence.values.items()}]

    def unpack(self, packed: list[Any]) -> Sentence:
        """The sentence that was packed."""
        number, values = packed
        return Sentence(self.messages[number], {name: self._unpacked_value(value) for name, value in values.items()})

    def _packed_value(self, value: Any) -> Any:
        match value:
            case Sentence():
                return self.pack(value)
            case CalendarDay():
                return {"day": value.day.isoformat()}
            case int():
                return value
            case _:
                return str(value)

    def _unpacked_value(self, value: Any) -> Any:
        match value:
            case list():
                return self.unpack(value)
            case {"day": day}:
                return CalendarDay(date.fromisoformat(day))
            case _:
                return value


def sentence_to_text(words: str) -> str:
    """One sentence as a text that can be encrypted."""
    table = MessageTable()
    packed = table.pack(words)
    return json.dumps([table.messages, packed])


def text_to_sentence(text: str) -> Sentence:
    """What `sentence_to_text` wrote."""
    messages, packed = json.loads(text)
    return MessageTable(messages).unpack(packed)
