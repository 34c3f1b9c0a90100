"""Mailbox domains people mistype, and what they probably meant. Only ever a suggestion: any domain may be somebody's."""

import re

from campaign.domain.places.countries import COUNTRIES

MIN_NAMED_DOMAIN = 5
"""People below which a mail domain is treated as an address: a household's own domain is its people."""
COMMON_DOMAINS = (
    "gmail.com", "hotmail.com", "hotmail.co.uk", "outlook.com", "yahoo.co.uk", "yahoo.com", "icloud.com", "btinternet.com",
    "live.co.uk", "googlemail.com", "sky.com", "aol.com", "me.com", "live.com", "msn.com", "mac.com", "virginmedia.com",
    "talktalk.net", "ntlworld.com", "blueyonder.co.uk", "tiscali.co.uk", "btopenworld.com", "proton.me", "protonmail.com",
    "fastmail.com", "zoho.com", "nhs.net", "gmx.net", "web.de", "t-online.de", "orange.fr", "wanadoo.fr", "free.fr",
    "laposte.net", "outlook.fr", "hotmail.fr",
)  # fmt: skip
"""Domains most mailboxes in this country and its neighbours are at, the more usual first."""

VALID_LOOKALIKE_DOMAINS = frozenset({
    "amc.com", "aol.co.uk", "bt.com", "cloud.com", "email.com", "freenet.de", "gmx.at", "gmx.ch", "gmx.co.uk", "gmx.com",
    "gmx.de", "hey.com", "inbox.com", "mail.com", "mail.de", "mailbox.org", "myyahoo.com", "online.de", "orange.com",
    "orange.net", "pm.me", "proton.com", "rocketmail.com", "talk21.com", "virgin.net", "ymail.com",
})  # fmt: skip
"""Domains in use that look like a slip of another; all national ones are known without being listed."""

# Each of these has one domain only, so that another ending is a slip however far it is from the right one.
_WRONG_ENDINGS = ("co.uk", "uk", "org", "org.uk", "net", "co")
_WRONG_ENDING_FIXES = {
    f"{name}.{ending}": f"{name}.com"
    for name in ("gmail", "googlemail", "icloud", "btinternet")
    for ending in _WRONG_ENDINGS
}  # fmt: skip

# A name that stands under a country: hotmail.de, yahoo.com.br, yahoo.co.jp.
_NATIONAL = re.compile(r"([a-z0-9-]+)\.(?:com?\.)?([a-z]{2})")
_COUNTRIES = (frozenset(map(str.lower, COUNTRIES)) | {"uk", "eu"}) - {"gb"}
# Countries too, but far more often ".com" with a letter left out.
_TYPO_SUFFIXES = (".co", ".cm", ".om", ".com.uk")
_PROVIDER_NAMES = frozenset(domain.split(".", 1)[0] for domain in COMMON_DOMAINS)
_SHORT_NAME_LENGTH = 4
"""Up to this many letters nearly every name one letter away is somebody's domain (say.com and spy.com beside sky.com)."""
_MAX_DISTANCE = 2
_MAX_DOMAIN_LENGTH = 30


def suggested_address(address: str) -> str:
    """The address with the domain that was probably meant ("ann@gmial.com" gives "ann@gmail.com"), or ""."""
    local, _, typed = address.rpartition("@")
    domain = typed.strip().lower()
    if not local or not 0 < len(domain) <= _MAX_DOMAIN_LENGTH or domain in COMMON_DOMAINS or domain in VALID_LOOKALIKE_DOMAINS:
        return ""
    meant = _WRONG_ENDING_FIXES.get(domain) or ("" if _is_national_domain(domain) else _nearest_domain(domain))
    return f"{local}@{meant}" if meant else ""


def _is_national_domain(domain: str) -> bool:
    """Whether this is a provider's domain in another country."""
    found = _NATIONAL.fullmatch(domain)
    return found is not None and found[1] in _PROVIDER_NAMES and found[2] in _COUNTRIES and not domain.endswith(_TYPO_SUFFIXES)


def _nearest_domain(domain: str) -> str:
    # The first of the nearest: COMMON is in order of use.
    distance, meant = min(((_typo_distance(domain, common), common) for common in COMMON_DOMAINS), key=lambda found: found[0])
    return meant if distance <= _MAX_DISTANCE else ""


def _typo_distance(typed: str, common: str) -> int:
    """How many slips of a finger lie between them; more than we look at where it may well be another domain."""
    slips = _edit_distance(typed, common)
    name, _, ending = common.partition(".")
    if len(name) <= _SHORT_NAME_LENGTH:
        typed_name, _, typed_ending = typed.partition(".")
        swapped = len(name) > 2 and typed_ending == ending and sorted(typed_name) == sorted(name)
        return slips if slips == 1 and (typed_name == name or swapped) else _MAX_DISTANCE + 1
    # Nobody gets two letters wrong and one of them the first.
    return slips if slips < _MAX_DISTANCE or typed[0] == common[0] else _MAX_DISTANCE + 1


def _edit_distance(a: str, b: str) -> int:
    """Letters to insert, drop, replace or swap with their neighbour (Damerau and Levenshtein); `_MOST` + 1 for any more."""
    if abs(len(a) - len(b)) > _MAX_DISTANCE:
        return _MAX_DISTANCE + 1
    before: list[int] = []
    last = list(range(len(b) + 1))
    for i, letter in enumerate(a, 1):
        row = [i]
        for j, other in enumerate(b, 1):
            cost = min(last[j] + 1, row[j - 1] + 1, last[j - 1] + (letter != other))
            if before and j > 1 and letter == b[j - 2] and a[i - 2] == other:
                cost = min(cost, before[j - 2] + 1)
            row.append(cost)
        before, last = last, row
    return min(last[-1], _MAX_DISTANCE + 1)
