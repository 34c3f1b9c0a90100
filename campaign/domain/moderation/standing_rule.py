"""Standing rules: which signatures are never counted ("block"), and which are never doubted ("allow").

A rule names a mail domain, a mailbox, a network, a pattern of names, or several of these, which then all must fit. It is asked
once, when a verified signature given online is about to be counted for the first time. Blocks beat allows,
those of the site and of a campaign alike. What an allow means is written at `RuleAction.ALLOW`.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from ipaddress import ip_network

from campaign.domain.common.email_address import read_email_address, read_mail_domain
from campaign.domain.common.i18n import N_
from campaign.domain.common.invalid_input import InvalidInputError
from campaign.domain.common.networks import is_within
from campaign.domain.common.text_folding import fold_text
from campaign.domain.signatures.filter_fields import clean_value

MAX_RULES = 100
"""Rules in force of one campaign, and of the whole site."""
MAX_RULE_REASON_LENGTH = 200
"""Characters."""
MAX_PATTERN_LENGTH = 120
"""Characters of a folded pattern of names."""
MIN_PART_LENGTH = 3
"""Letters of a pattern that is only a part of a name."""
WIDEST_PREFIXES = {4: 8, 6: 16}
"""The widest network a rule may name, by version of IP."""
NARROWEST_PREFIXES = {4: 24, 6: 48}
"""What is kept of each signature: a rule cannot tell more than that apart."""
ANYTHING = "*"
"""In a pattern of names, before or after the letters, and nowhere else; before a domain, with a dot: all below it."""
_MAX_VALUE_LENGTH = 320


class RuleAction(StrEnum):
    """Action of a rule on the signatures it fits."""

    BLOCK = "block"
    """They are invalidated before they are counted."""
    ALLOW = "allow"
    """No flag is raised on a network, a domain or a name that such a rule names by itself. They are invalidated where a
    block fits them all the same."""


class InvalidRuleError(ValueError):
    """A rule that cannot be understood; `errors` has a sentence for each field that has one."""

    def __init__(self, errors: Mapping[str, str]) -> None:
        super().__init__("; ".join(errors.values()))
        self.errors = errors


@dataclass(frozen=True, slots=True)
class RuleCriteria:
    """Criteria of a rule; what is empty leaves nothing out, and one at least is not."""

    domain: str = ""
    """Of canonical addresses: "example.org", or "*.example.org" for it and all domains below it."""
    address_key: str = ""
    """A canonical address. Only while a rule is made: what is stored of it is a keyed hash and a hint."""
    network: str = ""
    """In CIDR notation, a /24 or a /48 or wider."""
    name_pattern: str = ""
    """Folded: "ada lovelace", "ada*", "*lace" or "*love*"."""

    @property
    def active(self) -> tuple[str, ...]:
        """The fields that are not empty: all that the audit trail keeps of a rule."""
        named = {"domain": self.domain, "address": self.address_key, "network": self.network, "name": self.name_pattern}
        return tuple(name for name, value in named.items() if value)


@dataclass(frozen=True, slots=True)
class StandingRule:
    """A rule in force."""

    id: int
    campaign_id: int | None
    """None: of the whole site."""
    action: RuleAction
    domain: str
    mailbox_hash: str
    network: str
    name_pattern: str
    reason: str
    created_by: int | None


@dataclass(frozen=True, slots=True)
class RuleSubject:
    """Subject of rules: what they are asked about a signature."""

    id: int
    email_key: str
    domain: str
    network: str
    """As `campaign.domain.common.networks` writes it; "" where it is not known."""
    name_key: str


@dataclass(slots=True)
class RuleSet:
    """Rules in force, made ready to be asked about many signatures: those that name a mailbox or a whole domain are looked up,
    the others are asked one after the other."""

    rules: Sequence[StandingRule]
    mailbox_hashes: Callable[[str], Sequence[str]]
    """The hashes of a canonical address, by each key that still counts."""
    _by_mailbox: dict[str, list[StandingRule]] = field(default_factory=dict)
    _by_domain: dict[str, list[StandingRule]] = field(default_factory=dict)
    _others: list[StandingRule] = field(default_factory=list)
    _networks: dict[int, tuple[int, int, int]] = field(default_factory=dict)
    """By rule: version of IP, bits that do not matter, and the others as a number."""

    def __post_init__(self) -> None:
        for rule in self.rules:
            if rule.network:
                network = ip_network(rule.network)
                free = network.max_prefixlen - network.prefixlen
                self._networks[rule.id] = (network.version, free, int(network.network_address) >> free)
            if rule.mailbox_hash:
                self._by_mailbox.setdefault(rule.mailbox_hash, []).append(rule)
            elif rule.domain and not rule.domain.startswith(ANYTHING):
                self._by_domain.setdefault(rule.domain, []).append(rule)
            else:
                self._others.append(rule)

    def verdict(self, subject: RuleSubject) -> StandingRule | None:
        """The rule that decides: the oldest block that fits, else the oldest allow, else None."""
        found = ip_network(subject.network) if subject.network and self._networks else None
        network = (found.version, int(found.network_address)) if found else (0, 0)
        fitting = [rule for rule in self._candidates(subject) if self._fits(rule, subject, network)]
        return min(fitting, key=lambda rule: (rule.action is not RuleAction.BLOCK, rule.id), default=None)

    def _candidates(self, subject: RuleSubject) -> Iterable[StandingRule]:
        if self._by_mailbox:
            for mailbox_hash in self.mailbox_hashes(subject.email_key):
                yield from self._by_mailbox.get(mailbox_hash, ())
        yield from self._by_domain.get(subject.domain, ())
        yield from self._others

    def _fits(self, rule: StandingRule, subject: RuleSubject, network: tuple[int, int]) -> bool:
        """Whether all that a rule names fits; its mailbox does already."""
        if rule.domain and not domain_fits(rule.domain, subject.domain):
            return False
        if rule.name_pattern and not name_fits(rule.name_pattern, subject.name_key):
            return False
        if not rule.network:
            return True
        # No rule is narrower than what is kept of a signature, so the first address of that tells.
        version, free, number = self._networks[rule.id]
        return network[0] == version and network[1] >> free == number


def allows_flag_on(rule: StandingRule, kind: str, subject: str) -> bool:
    """Whether a rule is an allow that names by itself the network, domain or name ("network", "domain", "name") of a flag."""
    named = {"network": rule.network, "domain": rule.domain, "name": rule.name_pattern}
    if rule.action is not RuleAction.ALLOW or rule.mailbox_hash or [each for each, value in named.items() if value] != [kind]:
        return False
    match kind:
        case "network":
            return is_within(subject, ip_network(rule.network))
        case "domain":
            return domain_fits(rule.domain, subject)
        case _:
            return name_fits(rule.name_pattern, subject)


def domain_fits(pattern: str, domain: str) -> bool:
    """Whether a domain is the one that is named, or below one that is named with "*."."""
    if not pattern.startswith(ANYTHING):
        return domain == pattern
    return domain == pattern[2:] or domain.endswith(pattern[1:])


def name_fits(pattern: str, name_key: str) -> bool:
    """Whether a folded name has the shape of a pattern. Takes as long as reading the name once."""
    letters = pattern.strip(ANYTHING)
    match (pattern.startswith(ANYTHING), pattern.endswith(ANYTHING)):
        case (True, True):
            return letters in name_key
        case (True, False):
            return name_key.endswith(letters)
        case (False, True):
            return name_key.startswith(letters)
        case _:
            return name_key == letters


def read_criteria(given: Mapping[str, str]) -> RuleCriteria:
    """Read what a form names: domain, address, network, name. Raises InvalidRuleError with every error at its field."""
    errors: dict[str, str] = {}
    values: dict[str, str] = {}
    for name, (to, read) in _READERS.items():
        typed = clean_value(given.get(name, ""))
        try:
            if len(typed) > _MAX_VALUE_LENGTH:
                raise InvalidInputError("That is too long to fit anybody.")
            values[to] = read(typed) if typed else ""
        except InvalidInputError as refused:
            errors[name] = str(refused)
    if not errors and not any(values.values()):
        errors["domain"] = N_("Name a mail domain, an address, a network or a name: a rule that fits everybody is no rule.")
    if errors:
        raise InvalidRuleError(errors)
    return RuleCriteria(**values)


def mailbox_hint(address_key: str) -> str:
    """The first letter of a canonical address and its domain: what the desk shows of a mailbox that a rule names."""
    local, _, domain = address_key.rpartition("@")
    return f"{local[:1]}…@{domain}" if address_key else ""


def _read_domain(typed: str) -> str:
    whole, domain = typed.startswith("*."), typed.removeprefix("*.").removeprefix("@")
    try:
        key = read_mail_domain(domain)
    except InvalidInputError:
        raise InvalidInputError("Enter a domain, like example.org, or *.example.org for all below it too.") from None
    return f"*.{key}" if whole else key


def _read_network(typed: str) -> str:
    try:
        found = ip_network(typed, strict=False)
    except ValueError:
        raise InvalidInputError("Enter a network, like 203.0.113.0/24, or an address in it.") from None
    if found.prefixlen < WIDEST_PREFIXES[found.version]:
        raise InvalidInputError(
            "That is too wide: a /%(four)s (or a /%(six)s of IPv6) at most.", four=WIDEST_PREFIXES[4], six=WIDEST_PREFIXES[6]
        )
    narrowest = NARROWEST_PREFIXES[found.version]
    return str(found.supernet(new_prefix=narrowest) if found.prefixlen > narrowest else found)


def _read_name(typed: str) -> str:
    before, after = typed.startswith(ANYTHING), typed.endswith(ANYTHING)
    inside = typed.strip(ANYTHING)
    if ANYTHING in inside:
        raise InvalidInputError("Put the * before or after the letters, not between them: *word*.")
    letters = fold_text(inside)
    if len(letters) > MAX_PATTERN_LENGTH:
        raise InvalidInputError("A name has at most %(most)s characters.", most=MAX_PATTERN_LENGTH)
    if len(letters) < (MIN_PART_LENGTH if before or after else 1):
        raise InvalidInputError("Give %(least)s letters at least: fewer are in nearly every name.", least=MIN_PART_LENGTH)
    return f"{ANYTHING if before else ''}{letters}{ANYTHING if after else ''}"


_READERS: dict[str, tuple[str, Callable[[str], str]]] = {
    "domain": ("domain", _read_domain),
    "address": ("address_key", lambda typed: read_email_address(typed).key),
    "network": ("network", _read_network),
    "name": ("name_pattern", _read_name),
}
"""How each field is read, and what it becomes."""
