"""Webmail: where a mailbox is read on the web, so that the page that says "check your email" can lead there."""

import re
from dataclasses import dataclass
from urllib.parse import quote


@dataclass(frozen=True, slots=True)
class Webmail:
    """One provider's mailbox."""

    name: str
    """Its brand, never translated."""
    url: str


_GMAIL = Webmail("Gmail", "https://mail.google.com/mail/")
_OUTLOOK = Webmail("Outlook", "https://outlook.live.com/mail/")
_YAHOO = Webmail("Yahoo Mail", "https://mail.yahoo.com/")
_ICLOUD = Webmail("iCloud Mail", "https://www.icloud.com/mail")
_PROTON = Webmail("Proton Mail", "https://mail.proton.me/")
_AOL = Webmail("AOL Mail", "https://mail.aol.com/")
_GMX = Webmail("GMX", "https://www.gmx.com/")
_GMX_GERMAN = Webmail("GMX", "https://www.gmx.net/")
_FASTMAIL = Webmail("Fastmail", "https://app.fastmail.com/")
_BT = Webmail("BT Email", "https://www.bt.com/email")

DEFAULT_WEBMAILS = (_GMAIL, _OUTLOOK, _YAHOO, _ICLOUD)
"""To offer where the domain tells nothing: the domains of companies and families are mostly kept by one of these."""

_DOMAINS = {
    "gmail.com": _GMAIL, "googlemail.com": _GMAIL, "outlook.com": _OUTLOOK, "hotmail.com": _OUTLOOK, "live.com": _OUTLOOK,
    "msn.com": _OUTLOOK, "yahoo.com": _YAHOO, "myyahoo.com": _YAHOO, "ymail.com": _YAHOO, "rocketmail.com": _YAHOO,
    "icloud.com": _ICLOUD, "me.com": _ICLOUD, "mac.com": _ICLOUD, "proton.me": _PROTON, "protonmail.com": _PROTON,
    "pm.me": _PROTON, "protonmail.ch": _PROTON, "aol.com": _AOL, "aim.com": _AOL, "gmx.com": _GMX, "gmx.co.uk": _GMX,
    "gmx.us": _GMX, "gmx.net": _GMX_GERMAN, "gmx.de": _GMX_GERMAN, "gmx.at": _GMX_GERMAN, "gmx.ch": _GMX_GERMAN,
    "fastmail.com": _FASTMAIL, "fastmail.fm": _FASTMAIL, "fastmail.co.uk": _FASTMAIL, "btinternet.com": _BT,
    "btopenworld.com": _BT, "talk21.com": _BT,
}  # fmt: skip
_NATIONAL_DOMAIN = re.compile(r"([a-z]+)\.(?:com?\.)?[a-z]{2}")
_NATIONAL_NAMES = {"outlook": _OUTLOOK, "hotmail": _OUTLOOK, "live": _OUTLOOK, "yahoo": _YAHOO, "aol": _AOL}
"""Providers with a domain in nearly every country: hotmail.co.uk, yahoo.com.br, live.nl."""


def webmail_for(address: str, sender: str = "") -> Webmail | None:
    """Where the mailbox of `address` is read; None where its domain does not tell.

    At Gmail the link finds what `sender` wrote, in spam too.
    """
    domain = address.rpartition("@")[2].strip().lower()
    national = _NATIONAL_DOMAIN.fullmatch(domain)
    found = _DOMAINS.get(domain) or (_NATIONAL_NAMES.get(national[1]) if national else None)
    if found is _GMAIL and sender:
        return Webmail(_GMAIL.name, f"{_GMAIL.url}u/0/#search/from%3A{quote(sender, safe='', errors='replace')}+in%3Aanywhere")
    return found
