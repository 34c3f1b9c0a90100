"""Correction of a confirmed name by its signatory: a slip of the finger, an accent, a part left out; never another person."""

from difflib import SequenceMatcher

from campaign.domain.common.invalid_input import InvalidInputError
from campaign.domain.signatures.names import read_name
from campaign.domain.signatures.search_keys import name_key

_MIN_SIMILARITY = 0.6
"""Least share of letters that two spellings of one name have in common, in their order: 2 × common / all. "Jon Smiht" and
"John Smith" have 0.84; "Anna Lee" and "Bob Lee" have 0.53."""


def read_name_correction(text: str, signed_name: str) -> str:
    """Read a corrected name as typed. `signed_name` is the name as it was signed, so that many small steps lead nowhere else.

    Raises InvalidInputError: it is no name, or another one.
    """
    name = read_name(text)
    if not _is_spelling_of(name_key(signed_name), name_key(name)):
        raise InvalidInputError(
            "This looks like another name. To sign under another name, withdraw this signature and sign again."
        )
    return name


def _is_spelling_of(signed: str, corrected: str) -> bool:
    """Whether a folded name may be another spelling of a folded name, or the same with parts that were left out."""
    if set(signed.split()) <= set(corrected.split()):
        return True
    common = sum(block.size for block in SequenceMatcher(None, signed, corrected, autojunk=False).get_matching_blocks())
    longer = max(len(signed), len(corrected))
    return 2 * common >= _MIN_SIMILARITY * (len(signed) + len(corrected)) or (common > 0 and common >= longer - 1)
