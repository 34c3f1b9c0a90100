"""A validated list as a text that waits, encrypted, to be confirmed; and what is shown of it until then."""

import json
from collections import Counter
from dataclasses import asdict
from typing import Any

from campaign.formats.table_layout import TableLayout
from campaign.services.paper.packed_exclusions import PackedExclusions
from campaign.services.paper.packed_sentences import MessageTable
from campaign.services.paper.validate import ValidatedList
from campaign.store.paper.intakes import Intake


def list_to_text(checked: ValidatedList) -> str:
    """A list with its rows; sentences stay message and values, for a page in any language."""
    table = MessageTable()
    return json.dumps({
        "packed": checked.packed.to_text(),
        "examples": {why: [(line, table.pack(words)) for line, words in rows] for why, rows in checked.examples.items()},
        "noted": [(table.pack(words), amount) for words, amount in checked.dropped_values.items()],
        "questions": [
            (table.pack(words), amount, checked.question_lines[words]) for words, amount in checked.questions.items()
        ],
        "left_out": checked.left_out.to_text(), "left_out_amount": len(checked.left_out),
        "messages": table.messages,
        "addresses": checked.addresses, "layout": asdict(checked.layout), "preview": checked.preview,
    }, ensure_ascii=False)  # fmt: skip


def text_to_list(found: dict[str, Any], intake: Intake, earlier_intake: Intake | None) -> ValidatedList:
    """What was written, parsed from JSON, without its rows."""
    unpack = MessageTable(found["messages"]).unpack
    questions = [(unpack(packed), amount, lines) for packed, amount, lines in found["questions"]]
    return ValidatedList(
        intake.sha256,
        intake.rows,
        excluded=Counter(intake.excluded),
        examples={why: [(line, unpack(packed)) for line, packed in rows] for why, rows in found["examples"].items()},
        dropped_values=Counter({unpack(packed): amount for packed, amount in found["noted"]}),
        addresses=found["addresses"],
        earlier_intake=earlier_intake,
        questions=Counter({words: amount for words, amount, _ in questions}),
        question_lines={words: lines for words, _, lines in questions},
        layout=TableLayout(**found["layout"]),
        preview=[(name, postcode, country, day, mail) for name, postcode, country, day, mail in found["preview"]],
        left_out=PackedExclusions(found["left_out"], found["left_out_amount"]),
    )
