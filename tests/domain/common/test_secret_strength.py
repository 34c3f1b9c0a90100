"""Secret keys that are refused: those that people make up, and none that a program made at random."""

import base64
import random
import string

import pytest

from campaign.domain.common.secret_strength import secret_weakness

WEAK = {
    "0" * 64: "few different",
    "k" * 32: "few different",
    "01" * 32: "few different",
    "abcdef" * 8: "few different",
    "0123456789abcdef" * 4: "repeats itself",
    "Tr0ub4dor&3!" * 4: "repeats itself",
    "hunter2-hunter2-hunter2-hunter2-1": "repeats itself",
    "abcdefghijklmnopqrstuvwxyz0123456789": "follows the alphabet",
    "0123456789abcdefghijklmnopqrstuvwx": "follows the alphabet",
    "please-change-me-before-you-go-live": "words",
    "CHANGEME_CHANGE_ME_2026_xyzabq1093f": "words",
    "this is the key of our small petition site": "words",
    "correct horse battery staple and five more": "words",
    "Correct-Horse-Battery-Staple-And-Five-2026": "words",
    "my_super_sekret_9f8e7d6c5b4a39281706f5": "words",
    "django-insecure-8f$k2lw9@x7v!m3q#z5b": "words",
}


@pytest.mark.parametrize("secret", WEAK)
def test_what_people_make_up_is_refused(secret: str) -> None:
    assert WEAK[secret] in secret_weakness(secret)


def test_what_a_program_makes_at_random_is_taken() -> None:
    chance = random.Random(7)
    made = [
        *(chance.randbytes(16).hex() for _ in range(500)),
        *(chance.randbytes(32).hex().upper() for _ in range(500)),
        *(base64.b64encode(chance.randbytes(32)).decode() for _ in range(500)),
        *(base64.urlsafe_b64encode(chance.randbytes(24)).decode() for _ in range(500)),
        *(base64.b32encode(chance.randbytes(20)).decode() for _ in range(500)),
        *("".join(chance.choices(string.ascii_lowercase, k=40)) for _ in range(500)),
        *("".join(chance.choices(string.printable[:94], k=32)) for _ in range(500)),
    ]
    assert {secret: weak for secret in made if (weak := secret_weakness(secret))} == {}
