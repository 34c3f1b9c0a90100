"""Login links of the desk: mailed to an address that asks for one, or printed by the command line."""

from dataclasses import dataclass
from datetime import timedelta

from campaign.domain.accounts.actor import COMMAND_LINE, Actor
from campaign.domain.common.email_address import EmailAddress
from campaign.domain.common.invalid_input import InvalidInputError
from campaign.jobs import DELIVER_MAIL
from campaign.runtime import Runtime
from campaign.security.tokens import InvalidTokenError
from campaign.services.accounts import sessions
from campaign.services.accounts.auth.rate_limits import RateLimit, TooManyAttemptsError, count_attempt
from campaign.store.accounts import accounts, audit_log, campaigners, login_links, team
from campaign.store.accounts.accounts import AddressTakenError
from campaign.store.accounts.campaigners import Campaigner
from campaign.store.mail import outbox
from campaign.store.redis import rate_limit
from campaign.store.site import administration

__all__ = [
    "AddressTakenError",
    "FirstSignInDetails",
    "PrintedLink",
    "SignedIn",
    "add_campaigner",
    "campaigner_of_link",
    "first_login_link",
    "request_login_link",
    "sign_in",
]

MAX_LINKS_PER_ADDRESS, LINKS_PER_ADDRESS_SECONDS = 5, 900
"""Mails with a link that one address gets in so many seconds, from whatever network they are asked for."""
MAX_LINKS_PER_ADDRESS_A_DAY = 20
"""Mails with a link that one address gets in 24 hours; known browsers share as many of their own."""
MAX_REQUESTS_PER_NETWORK, REQUESTS_PER_NETWORK_SECONDS = 60, 3600
"""How often one network may ask in so many seconds: an office is one. A known browser is outside it."""
MAX_REQUESTS_PER_BROWSER = 20
"""How often one known browser may ask in REQUESTS_PER_NETWORK_SECONDS."""
_DAY_SECONDS = 86_400
PRINTED_LINK_LIFETIME = timedelta(hours=24)
"""How long a link printed by the command line signs somebody in."""


@dataclass(frozen=True, slots=True)
class FirstSignInDetails:
    """Name and address somebody gives as they come in for the first time; empty where they are not asked."""

    name: str = ""
    address: EmailAddress | None = None


@dataclass(frozen=True, slots=True)
class SignedIn:
    """Somebody has used a link."""

    campaigner_id: int
    cookie: str
    """What their browser carries from here on; "" where they have a second factor: then they are asked for it first."""


def request_login_link(
    runtime: Runtime, address: EmailAddress, network: str, next_path: str = "", *, known_browser: str = ""
) -> bool:
    """Have a link mailed to a campaigner with this address, if there is one; it leads to the path `next_path`.

    For any address, on file or not, it does the same and takes as long. False where it was asked for too often for this
    address; then nothing is mailed. `known_browser` is the random value of a browser in which somebody signed in before.

    Raises TooManyAttemptsError where the network, or the known browser, has asked too often, and RedisUnavailableError.
    """
    _count_request(runtime, network, known_browser)
    to = runtime.tokens.rate_limit_hash(f"address {address.key} {'known' if known_browser else ''}")
    allowed = runtime.call_redis(
        lambda redis: (
            rate_limit.count_attempt(redis, "mailing", to, MAX_LINKS_PER_ADDRESS, LINKS_PER_ADDRESS_SECONDS)
            and rate_limit.count_attempt(redis, "mailing-day", to, MAX_LINKS_PER_ADDRESS_A_DAY, _DAY_SECONDS)
        )
    )
    if allowed:
        with runtime.transaction() as connection:
            outbox.enqueue_login_link(connection, address.key, next_path, runtime.now())
        runtime.enqueue_once(DELIVER_MAIL)
    return allowed


def _count_request(runtime: Runtime, network: str, known_browser: str) -> None:
    if known_browser:
        subject, most = f"browser {known_browser}", MAX_REQUESTS_PER_BROWSER
    elif network:
        subject, most = f"network {network}", MAX_REQUESTS_PER_NETWORK
    else:
        # An unknown network is not one: else all who come through a proxy that names nobody would share a limit.
        return
    try:
        count_attempt(runtime, "asking", subject, RateLimit(most, REQUESTS_PER_NETWORK_SECONDS))
    except TooManyAttemptsError:
        raise TooManyAttemptsError(
            "Too many links were asked for from your network. Wait an hour, use the newest mail, or sign in another way."
        ) from None


def campaigner_of_link(runtime: Runtime, token: str) -> Campaigner | None:
    """Whom a link would sign in now, changing nothing; None where it is not ours, used, or over."""
    try:
        link_id, key = runtime.tokens.read_login(token)
    except InvalidTokenError:
        return None
    with runtime.reading() as connection:
        campaigner_id = login_links.login_link_campaigner_id(connection, link_id, key, runtime.now())
        return None if campaigner_id is None else campaigners.get_by_id(connection, campaigner_id)


def sign_in(runtime: Runtime, token: str, device: str, network: str, details: FirstSignInDetails) -> SignedIn | None:
    """Use a link up and sign a browser in, or have it asked for the second factor; None where the link is good no more.

    Raises AddressTakenError where the address that was typed is another campaigner's, InvalidInputError where one is needed and
    missing, RedisUnavailableError; then the link stays good.
    """
    try:
        link_id, key = runtime.tokens.read_login(token)
    except InvalidTokenError:
        return None
    now = runtime.now()
    with runtime.transaction() as connection:
        campaigner_id = login_links.use_login_link(connection, link_id, key, now)
        campaigner = None if campaigner_id is None else campaigners.get_by_id(connection, campaigner_id)
        if campaigner is None:
            return None
        name = campaigner.name or details.name
        if not campaigner.name:
            accounts.rename(connection, campaigner.id, name)
        if not campaigner.email:
            if details.address is None:
                raise InvalidInputError("Enter your email address.")
            accounts.set_email(connection, campaigner.id, details.address.typed, details.address.key)
        if campaigner.has_second_factor:
            return SignedIn(campaigner.id, "")
        actor = Actor(name or "a campaigner", campaigner.id, network)
        audit_log.record(connection, actor, "sign in", now, after={"by": "link", "device": device})
        # Before the commit, so that a link is not used up by somebody whom Redis could not let in. The other way round
        # harms nobody: a session whose cookie never left.
        return SignedIn(campaigner.id, sessions.start_session(runtime, campaigner.id, device, second_factor=False))


@dataclass(frozen=True, slots=True)
class PrintedLink:
    """Link printed to the terminal of the machine."""

    campaigner_id: int
    url: str
    is_new: bool
    """Whether the campaigner is."""


def add_campaigner(runtime: Runtime, address: EmailAddress, name: str, *, operator: bool) -> PrintedLink | None:
    """A new campaigner, or one who is there, and a link that signs them in; None where they are shut out of the site."""
    now = runtime.now()
    with runtime.transaction() as connection:
        campaigner_id = campaigners.add_campaigner(connection, address.typed, address.key, name, now, is_operator=operator)
        new = campaigner_id is not None
        known = None if new else campaigners.get_by_email_key(connection, address.key)
        if known is not None:
            if known.disabled_at is not None:
                return None
            campaigner_id = known.id
            if operator and administration.set_operator(connection, known.id, is_operator=True):
                audit_log.record(connection, COMMAND_LINE, "make operator", now, subject=str(known.id))
        assert campaigner_id is not None  # noqa: S101 - added, or known
        if new:
            became = {"operator": operator}
            audit_log.record(connection, COMMAND_LINE, "add campaigner", now, subject=str(campaigner_id), after=became)
        key = runtime.random_token()
        link_id = login_links.add_login_link(connection, key, campaigner_id, now, now + PRINTED_LINK_LIFETIME)
        audit_log.record(connection, COMMAND_LINE, "print link", now, subject=str(campaigner_id))
    return PrintedLink(campaigner_id, _login_url(runtime, link_id, key), new)


def first_login_link(runtime: Runtime) -> str:
    """A link for the first campaigner, who looks after the whole site and every campaign that nobody looks after yet.

    Who that is they say when they come in. "" once somebody has, or where campaigners were added otherwise.
    """
    now = runtime.now()
    with runtime.transaction() as connection:
        campaigner_id = accounts.first_campaigner_id(connection, now)
        if campaigner_id is None:
            return ""
        team.adopt_ownerless_campaigns(connection, campaigner_id, now)
        key = runtime.random_token()
        link_id = login_links.add_login_link(connection, key, campaigner_id, now, now + PRINTED_LINK_LIFETIME)
        audit_log.record(connection, COMMAND_LINE, "print link", now, subject=str(campaigner_id))
    return _login_url(runtime, link_id, key)


def _login_url(runtime: Runtime, link_id: int, key: str) -> str:
    return runtime.tokens.absolute_url(f"/desk/enter/{runtime.tokens.login_token(link_id, key)}")
