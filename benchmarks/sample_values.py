"""Values that made-up signatories are drawn from: names in several scripts, mail domains, postcodes, sources, networks,
comments."""

import random
from dataclasses import dataclass
from itertools import accumulate
from typing import Generic, TypeVar

from campaign.domain.places.postcode_areas import POSTCODE_AREAS
from campaign.domain.signatures.search_keys import name_key, surname_key

T = TypeVar("T")

_BRITISH = (
    """Ada Alan Alice Amir Anna Ben Bethan Callum Carys Chloe Daniel David Dylan Eilidh Ella Emily Ewan Fiona George Grace Gwen
    Hannah Harry Isla Jack James Jean Joan John Kate Liam Lucy Margaret Mary Megan Mohammed Morag Nia Oliver Owain Patricia
    Priya Rhys Rosie Sarah Siân Sinéad Sophie Susan Thomas Tomos William Zoë""",
    """Adams Ahmed Ali Anderson Begum Bevan Brown Campbell Clarke Davies Edwards Evans Green Griffiths Hall Hughes Hussain
    Jackson James Jenkins Jones Kaur Khan King Lewis MacDonald Martin McKenzie Morgan Morris Murphy O’Brien Owen Patel Pritchard
    Roberts Robinson Scott Shah Singh Smith Stewart Taylor Thomas Thompson Walker Watson White Williams Wilson Wood Wright
    Ó’Neill Llŷn""",
)
_OTHER_SCRIPTS = (
    ("Łukasz Małgorzata Zofia Józef Çağla Ümit Şebnem Søren Åsa Jürgen Zoé François Íñigo Núria Đorđe",
     "Wójcik Kowalczyk Świątek Yılmaz Öztürk Şahin Ångström Müller Großmann Lefèvre Muñoz Petrović Škoda Nguyễn"),
    ("Александр Мария Олена Сергій Анна", "Иванов Шевченко Петрова Коваленко Смирнова"),
    ("Γιώργος Ελένη Νίκος Μαρία", "Παπαδόπουλος Γεωργίου Νικολάου"),
    ("محمد فاطمة أحمد عائشة", "الأحمد حسن منصور خليل"),
    ("राजेश प्रिया अमित सुनीता", "शर्मा पटेल सिंह गुप्ता"),
    ("小明 美玲 伟 秀英", "王 李 张 陈"),
)  # fmt: skip
_DOMAINS = {
    "gmail.com": 40, "hotmail.com": 8, "icloud.com": 8, "outlook.com": 7, "hotmail.co.uk": 6, "yahoo.co.uk": 6,
    "btinternet.com": 4, "yahoo.com": 3, "live.co.uk": 3, "sky.com": 2, "aol.com": 2, "virginmedia.com": 2, "talktalk.net": 1,
}  # fmt: skip
_SOURCES = {
    "": 45, "share": 15, "newsletter": 12, "facebook.com": 12, "x.com": 4, "whatsapp": 4, "instagram.com": 3, "leaflet": 2,
}  # fmt: skip
_ABROAD = ("IE", "FR", "DE", "ES", "US", "AU", "CA", "NL", "PL", "IN", "NZ", "IT")
_COMMENT_SUBJECTS = (
    "Our hospital",
    "The pond",
    "My mother",
    "Our street",
    "The school",
    "Every child here",
    "This town",
    "The bus",
)
_COMMENT_REASONS = (
    "needs this",
    "cannot wait",
    "was always there for us",
    "is worth more than money",
    "must be kept",
    "will be missed",
)


@dataclass(frozen=True, slots=True)
class Name:
    """A name, what it is found by, and what an address is made of it."""

    name: str
    key: str
    surname: str
    email_local_part: str
    local_part_without_dots: str
    """The same without dots, as some providers compare addresses."""


class WeightedChoice(Generic[T]):
    """Things to choose from, each with its weight."""

    def __init__(self, weights: dict[T, float]) -> None:
        self._things, self._sums = list(weights), list(accumulate(weights.values()))

    def sample(self, chance: random.Random, number: int) -> list[T]:
        """So many of them, as chance has it."""
        return chance.choices(self._things, cum_weights=self._sums, k=number)


def names() -> WeightedChoice[Name]:
    """Nine of ten in British letters."""
    british = _all_pairs(*_BRITISH)
    found: dict[Name, float] = {name: 90 / len(british) for name in british}
    for first, last in _OTHER_SCRIPTS:
        others = _all_pairs(first, last)
        found |= {name: 10 / len(_OTHER_SCRIPTS) / len(others) for name in others}
    return WeightedChoice(found)


def domains() -> WeightedChoice[str]:
    """A few that most people have, and 3,000 that share the rest."""
    tail = {f"{kind}{number}.example": 8 / 3000 for number in range(1000) for kind in ("mail", "firm", "family")}
    return WeightedChoice({**_DOMAINS, **tail})


def sources() -> WeightedChoice[str]:
    """Labels and sites, and 200 sites that share the rest."""
    return WeightedChoice({**_SOURCES, **{f"site{number}.example": 3 / 200 for number in range(200)}})


def places(chance: random.Random) -> WeightedChoice[tuple[str, str, str]]:
    """Country, postcode and its area: nine of ten in the United Kingdom, more of them in some areas than in others."""
    found: dict[tuple[str, str, str], float] = {(country, "", ""): 10 / len(_ABROAD) for country in _ABROAD}
    for area in POSTCODE_AREAS:
        weight = chance.uniform(0.2, 2.0) * 90 / len(POSTCODE_AREAS)
        for _ in range(100):
            inward = "".join(chance.choices("ABDEFGHJLNPQRSTUWXYZ", k=2))
            found["GB", f"{area}{chance.randint(1, 20)} {chance.randint(1, 9)}{inward}", area] = weight / 100
    return WeightedChoice(found)


def networks(chance: random.Random) -> WeightedChoice[str]:
    """/24s with one household in them or a mobile company's thousands, and some /48s."""
    found = {f"{chance.randint(2, 220)}.{chance.randint(0, 255)}.{n % 256}.0/24": 1 / (n + 20) for n in range(20_000)}
    return WeightedChoice({**found, **{f"2a{n % 9}0:{n:x}::/48": 1 / (n + 50) for n in range(1, 5_000)}})


def comments() -> WeightedChoice[str]:
    """One of ten has written something."""
    written = [f"{who} {because}." for who in _COMMENT_SUBJECTS for because in _COMMENT_REASONS]
    longer = [f"{one} {two}" for one in written for two in written if one != two]
    return WeightedChoice({"": 90.0, **dict.fromkeys((*written, *longer), 10 / (len(written) + len(longer)))})


def _all_pairs(first: str, last: str) -> list[Name]:
    return [_name(one, two) for one in first.split() for two in last.split()]


def _name(first: str, last: str) -> Name:
    name = f"{first} {last}"
    key = name_key(name)
    plain = "".join(c for c in key if (c.isascii() and c.isalnum()) or c == " ").strip()
    local = plain.replace(" ", ".") or "me"
    return Name(name, key, surname_key(name), local, local.replace(".", ""))
