"""DKIM-Signature header fields (RFC 6376, 3.5): who signed a mail, and under which selector the key is published."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

_DOMAIN = re.compile(r"(?=.{1,253}\Z)[a-z0-9_-]{1,63}(\.[a-z0-9_-]{1,63})+")
_SELECTOR = re.compile(r"(?=.{1,253}\Z)[a-z0-9_-]{1,63}(\.[a-z0-9_-]{1,63})*")
_FOLDING = re.compile(r"\s+")


@dataclass(frozen=True, slots=True)
class DkimSignature:
    """Signature of a domain, whose key stands at `selector._domainkey.domain`."""

    domain: str
    selector: str

    def is_aligned_with(self, sender_domain: str) -> bool:
        """Whether DMARC takes it as the sender's word: the same domain, or one below the other (relaxed, RFC 9989)."""
        mine, theirs = f".{self.domain}", f".{sender_domain.lower()}"
        return mine.endswith(theirs) or theirs.endswith(mine)


def read_dkim_signatures(fields: Iterable[str]) -> tuple[DkimSignature, ...]:
    """The signatures that DKIM-Signature fields name, each once, in their order. What cannot be read is left out."""
    found: dict[DkimSignature, None] = {}
    for value in fields:
        parts = (part.partition("=") for part in _FOLDING.sub("", value).split(";"))
        tags = {name.lower(): rest.lower() for name, _, rest in parts}
        domain, selector = tags.get("d", ""), tags.get("s", "")
        if _DOMAIN.fullmatch(domain) and _SELECTOR.fullmatch(selector):
            found[DkimSignature(domain, selector)] = None
    return tuple(found)
