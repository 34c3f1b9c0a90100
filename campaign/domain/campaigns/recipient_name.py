"""Recipient's name in an English sentence: "The House of Commons" is handed "to the House of Commons".

An article that begins a name is part of some ("The Hague") and not of others, and no rule tells them apart by their letters. So
one is only made small where every word from it to the noun of an institution is known here; any other name stays as it is.
"""

import re

from campaign.domain.common.formatting import ENGLISH

_ARTICLE, _SMALL_ARTICLE = "The ", "the "
_POSSESSIVE = re.compile(r"['’]s\b")
_NOUNS = frozenset({
    "agency", "assembly", "association", "authority", "authorities", "board", "cabinet", "chair", "chairman", "chairwoman",
    "chancellor", "commission", "commissioner", "commissioners", "committee", "congress", "council", "councillors", "court",
    "department", "director", "directors", "executive", "governor", "governors", "government", "house", "houses",
    "inspectorate", "leader", "leaders", "leadership", "lords", "mayor", "management", "minister", "ministers", "ministry",
    "office", "officer", "ombudsman", "owner", "owners", "parliament", "president", "secretary", "secretariat", "senate",
    "senators", "senedd", "speaker", "treasurer", "treasury", "trust", "trustees", "university",
})  # fmt: skip
_BEFORE_NOUN = frozenset({
    "administrative", "american", "area", "australian", "austrian", "belgian", "borough", "british", "canadian", "chief",
    "city", "civil", "combined", "commons", "community", "county", "cultural", "danish", "defence", "deputy", "district",
    "dutch", "education", "electoral", "english", "environment", "environmental", "european", "executive", "federal",
    "finance", "first", "foreign", "french", "full", "general", "german", "health", "high", "highways", "home", "housing",
    "irish", "italian", "joint", "justice", "labour", "legislative", "local", "lord", "managing", "metropolitan",
    "municipal", "national", "new", "northern", "parish", "parliamentary", "planning", "police", "polish", "prime",
    "public", "regional", "royal", "school", "scottish", "senior", "spanish", "standards", "state", "swedish", "swiss",
    "town", "trade", "transport", "uk", "united", "us", "vice", "welsh", "works", "zealand",
})  # fmt: skip


def within_sentence(name: str, language: str) -> str:
    """A recipient's name as it stands after other words in a sentence of a language."""
    return _SMALL_ARTICLE + name[len(_ARTICLE) :] if language == ENGLISH and _has_plain_article(name) else name


def beginning_sentence(name: str, language: str) -> str:
    """A recipient's name as it begins a sentence of a language."""
    is_small = language == ENGLISH and name.startswith(_SMALL_ARTICLE)
    return _ARTICLE + name[len(_SMALL_ARTICLE) :] if is_small else name


def _has_plain_article(name: str) -> bool:
    """Whether a name begins with an article that is no part of it."""
    if not name.startswith(_ARTICLE):
        return False
    for word in _POSSESSIVE.sub("", name[len(_ARTICLE) :].casefold()).replace(",", " ").split():
        if word in _NOUNS:
            return True
        if word not in _BEFORE_NOUN:
            return False
    return False
