"""Rows left out of a list, packed and read back."""

from campaign.domain.common.invalid_input import Sentence
from campaign.services.paper.packed_exclusions import PackedExclusions


def test_rows_come_back_in_their_order_with_message_and_values() -> None:
    rows = [(line, "wrong" if line % 2 else "same", Sentence("“%(typed)s” of %(line)d", {"typed": "é", "line": line}))
            for line in range(2, 2_503)]  # fmt: skip
    written = PackedExclusions()
    for row in rows[:-1]:
        written.add(*row)
    # Read, and added to afterwards: the last pack is no full one.
    assert list(written) == rows[:-1]
    written.add(*rows[-1])
    read = PackedExclusions(written.to_text(), len(written))
    assert len(read) == len(rows) == 2_501
    assert [(line, why, words.message, words.values) for line, why, words in read] == [
        (line, why, words.message, words.values) for line, why, words in rows
    ]
    assert not PackedExclusions()
