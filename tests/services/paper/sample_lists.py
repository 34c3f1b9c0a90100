"""Lists of signatures on paper as somebody wrote them down."""

import csv
import io
import random
from collections import deque
from collections.abc import Iterator, Sequence

HEADER = ("No.", "Full Name", "Address", "Post Code", "E-mail", "Keep me informed", "Date signed")
_FIRST = ("Ann", "Siân", "José", "李", "محمد", "Zoë", "Olu", "Agnieszka", "Mary-Jane", "O’Neil")
_LAST = ("Smith", "Ó Súilleabháin", "García", "小龍", "العربي", "Brontë", "Adeyemi", "Nowak", "Watson", "Jones")
_AREAS = ("SW1A", "LS1", "M1", "EH1", "CF10", "BT1", "N1", "B15")


def messy_rows(amount: int) -> Iterator[Sequence[str]]:
    """Rows of unknown quality: of a hundred some ninety are new, and the rest is wrong, blank or there twice."""
    chance = random.Random(1)
    before: deque[Sequence[str]] = deque(maxlen=50)
    for number in range(1, amount + 1):
        kind = chance.randrange(100)
        if kind < 3 and before:
            yield chance.choice(before)
            continue
        name = f"  {chance.choice(_FIRST)} {chance.choice(_LAST)} {_letters(number)} "
        postcode = (
            f"{chance.choice(_AREAS).lower()}{number % 9}{'ABDEFGHJLN'[number // 9 % 10]}{'PQRSTUWXYZ'[number // 90 % 10]}"
        )
        date = chance.choice(("03/11/2026", "3 Nov 26", "2026-11-03", "", "3.11.2026"))
        email, consent = (f"reader{number}@mail.example", chance.choice(("Yes", "x", "no", ""))) if kind % 3 == 0 else ("", "")
        row = [str(number), name, f"{number} High Street", postcode, email, consent, date]
        match kind:
            case 90 | 91:
                row[3] = "don't know"
            case 92:
                row[1] = ""
            case 93:
                row[1] = '=HYPERLINK("http://x.example")'
            case 94:
                row[6] = "31/02/2026"
            case 95:
                row = [""] * 7
            case 96:
                row[2], row[3] = f"{number} High Street, Leeds {postcode}", ""
            case 97:
                row[4], row[5] = "not an address", "yes"
        before.append(row)
        yield row


def csv_file(rows: Iterator[Sequence[str]] | Sequence[Sequence[str]]) -> io.BytesIO:
    """A file a spreadsheet wrote."""
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(HEADER)
    writer.writerows(rows)
    return io.BytesIO(text.getvalue().encode("utf-8-sig"))


def _letters(number: int) -> str:
    word = ""
    while number:
        number, rest = divmod(number, 26)
        word = chr(97 + rest) + word
    return word.capitalize()
