"""Eligibility: who may sign a campaign, as a statement that signatories tick, and what ticking it or not is kept as.

A *declaration* is an integer kept with each signature: the number of the statement that was ticked, the same number below zero
where it was shown and not ticked, 0 where none was shown.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import reduce
from typing import Literal, get_args

from campaign.domain.common.formatting import format_number
from campaign.domain.common.i18n import N_
from campaign.domain.common.invalid_input import Sentence

EligibilityKind = Literal["everybody", "area", "residence", "age", "other"]
"""What the statement is about: living, working or studying in an area; living in a place or nation; an age; something else.

`everybody` asks for no statement.
"""
EligibilityRule = Literal["optional", "required"]
"""`optional`: who does not tick it signs all the same, and is counted apart. `required`: nobody signs without."""
ELIGIBILITY_KINDS: tuple[EligibilityKind, ...] = get_args(EligibilityKind)
ELIGIBILITY_RULES: tuple[EligibilityRule, ...] = get_args(EligibilityRule)
MAX_STATEMENT_LENGTH = 200
"""Characters of a statement."""


@dataclass(frozen=True, slots=True)
class Statement:
    """One wording of who may sign; never changed once it has a number."""

    number: int
    """From 1, within its campaign."""
    language: str
    words: str


@dataclass(frozen=True, slots=True)
class Eligibility:
    """Eligibility: who may sign a campaign."""

    kind: EligibilityKind = "everybody"
    rule: EligibilityRule = "optional"
    statements: tuple[Statement, ...] = ()
    """The wording of each language that is asked for now; the main language first."""

    @property
    def is_asked(self) -> bool:
        """Whether signatories see a statement."""
        return bool(self.statements)

    @property
    def is_required(self) -> bool:
        """Whether nobody signs without ticking it."""
        return self.is_asked and self.rule == "required"

    def in_language(self, language: str) -> Statement | None:
        """The statement in a language, or in the main one; None where none is asked for."""
        found = next((one for one in self.statements if one.language == language), None)
        return found or next(iter(self.statements), None)


NO_ELIGIBILITY = Eligibility()
"""Everybody may sign."""


@dataclass(frozen=True, slots=True)
class EligibilityTotals:
    """Verified signatures by what their signatories declared."""

    within: int = 0
    """Ticked the statement as it is now, in any language."""
    earlier: int = 0
    """Ticked an earlier wording."""
    outside: int = 0
    """Saw a statement and did not tick it."""
    not_asked: int = 0
    """Saw none: they signed before there was one, or on paper without it."""


def declaration_of(statement: Statement | None, *, is_ticked: bool) -> int:
    """The declaration of a signatory who was shown a statement."""
    if statement is None:
        return 0
    return statement.number if is_ticked else -statement.number


def declared_label(declaration: int) -> str:
    """ "yes", "no", or "" where nobody was asked: the words of files."""
    return "" if declaration == 0 else "yes" if declaration > 0 else "no"


def eligibility_totals(by_declaration: Mapping[int, int], eligibility: Eligibility) -> EligibilityTotals:
    """Totals of verified signatures, given by declaration, under the statements asked for now."""
    current = {statement.number for statement in eligibility.statements}
    within = sum(amount for key, amount in by_declaration.items() if key in current)
    ticked = sum(amount for key, amount in by_declaration.items() if key > 0)
    return EligibilityTotals(
        within,
        ticked - within,
        sum(amount for key, amount in by_declaration.items() if key < 0),
        by_declaration.get(0, 0),
    )


_NEEDED = N_("%(signed)s signed, %(within)s will stand under the recipient’s rule, %(needed)s needed.")
_NOT_NEEDED = N_("%(signed)s signed, %(within)s will stand under the recipient’s rule.")


def eligible_sentence(signed: int, totals: EligibilityTotals, needed: int) -> Sentence:
    """How many signed, how many of them stand under a recipient's rule, and how many are needed, as one sentence or two."""
    numbers = {"signed": format_number(signed), "within": format_number(totals.within), "needed": format_number(needed)}
    words = Sentence(_NEEDED if needed else _NOT_NEEDED, numbers)
    parts = [
        Sentence(message, {"count": format_number(amount)})
        for amount, message in (
            (totals.outside, N_("%(count)s did not tick the statement")),
            (totals.earlier, N_("%(count)s ticked an earlier wording")),
            (totals.not_asked, N_("%(count)s were not asked")),
        )
        if amount
    ]
    if not parts:
        return words
    others = reduce(lambda before, after: Sentence(N_("%(before)s, %(after)s"), {"before": before, "after": after}), parts)
    return Sentence(N_("%(words)s Of the others %(parts)s."), {"words": words, "parts": others})
