"""Random samples of counted signatures: which are drawn, and what their results say of all of them.

Each counted signature is known by the sequence of the ledger entry that first added it, which is public. Its place in the draw
is the SHA-256 of the seed, a line feed and that sequence in decimal; those with the smallest hashes are drawn. The recipient
names the seed, so that nobody who knows the list chooses who is on it.
"""

import hashlib
import heapq
import math
import unicodedata
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from campaign.domain.common.invalid_input import InvalidInputError

MAX_SEED_LENGTH = 200
"""Characters."""
MIN_SEED_LENGTH = 8
MAX_SAMPLE_SIZE = 5_000
CONFIDENCE = 0.95
_BISECTIONS = 60


@dataclass(frozen=True, slots=True)
class SampleResults:
    """Results of checking the signatures of a sample."""

    valid: int
    invalid: int
    unreachable: int

    @property
    def checked(self) -> int:
        """Those of which it is known whether they are valid."""
        return self.valid + self.invalid


@dataclass(frozen=True, slots=True)
class Share:
    """A share with its confidence interval, each between 0 and 1."""

    share: float
    low: float
    high: float


def read_seed(text: str) -> str:
    """The words of a recipient as they are hashed: NFC, single spaces. Raises InvalidInputError."""
    seed = " ".join(unicodedata.normalize("NFC", text).split())
    if len(seed) < MIN_SEED_LENGTH:
        raise InvalidInputError("Enter the words the recipient chose, at least %(least)d characters.", least=MIN_SEED_LENGTH)
    if len(seed) > MAX_SEED_LENGTH:
        raise InvalidInputError("The words must be %(most)d characters or fewer.", most=MAX_SEED_LENGTH)
    if not seed.isprintable():
        raise InvalidInputError("The words contain characters that cannot be shown. Type them again.")
    return seed


def read_sample_size(text: str) -> int:
    """How many signatures are drawn. Raises InvalidInputError."""
    digits = text.strip().replace(",", "")
    if not (digits.isascii() and digits.isdecimal() and len(digits) <= 9 and 1 <= int(digits) <= MAX_SAMPLE_SIZE):
        raise InvalidInputError("Enter a whole number from 1 to %(most)d.", most=MAX_SAMPLE_SIZE)
    return int(digits)


def read_results(valid: str, invalid: str, unreachable: str, drawn: int) -> SampleResults:
    """Results as they were typed. Raises InvalidInputError where they do not add up to the signatures drawn."""
    numbers = []
    for typed in (valid, invalid, unreachable):
        digits = typed.strip() or "0"
        if not (digits.isascii() and digits.isdecimal() and len(digits) <= 9):
            raise InvalidInputError("Enter three whole numbers.")
        numbers.append(int(digits))
    if sum(numbers) != drawn:
        raise InvalidInputError(
            "The three numbers must add up to the %(drawn)d signatures drawn. They add up to %(sum)d.",
            drawn=drawn, sum=sum(numbers),
        )  # fmt: skip
    return SampleResults(*numbers)


def draw_hash(seed: str, sequence: int) -> str:
    """The place of a signature in the draw, 64 hexadecimal digits."""
    return hashlib.sha256(f"{seed}\n{sequence}".encode()).hexdigest()


def draw(seed: str, sequences: Iterable[int], size: int) -> list[int]:
    """The sequences that are drawn, in the order of the draw; all of them where there are no more."""
    return heapq.nsmallest(size, sequences, key=lambda sequence: draw_hash(seed, sequence))


def share_of(successes: int, trials: int) -> Share:
    """Share of successes with its 95 % interval, exact for independent draws (Clopper and Pearson, 1934).

    The interval holds the true share at least 95 times of 100, whatever it is; drawing without replacement makes it hold more
    often. Approximate ones (Wilson) are narrower and fall short for shares near 1, which samples of signatures have.
    """
    if trials == 0:
        return Share(0.0, 0.0, 1.0)
    tail = (1 - CONFIDENCE) / 2
    low = 0.0 if successes == 0 else _bisect(lambda p: _upper_tail(successes, trials, p) < tail)
    high = 1.0 if successes == trials else _bisect(lambda p: 1 - _upper_tail(successes + 1, trials, p) > tail)
    return Share(successes / trials, low, high)


def _bisect(is_below: Callable[[float], bool]) -> float:
    low, high = 0.0, 1.0
    for _ in range(_BISECTIONS):
        middle = (low + high) / 2
        low, high = (middle, high) if is_below(middle) else (low, middle)
    return low


def _upper_tail(least: int, trials: int, p: float) -> float:
    """The chance of `least` or more successes."""
    log_p, log_q = math.log(p), math.log1p(-p)
    whole = math.lgamma(trials + 1)
    return math.fsum(
        math.exp(whole - math.lgamma(k + 1) - math.lgamma(trials - k + 1) + k * log_p + (trials - k) * log_q)
        for k in range(least, trials + 1)
    )
