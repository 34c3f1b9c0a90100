"""Campaigner at the desk of a site, with a browser that is signed in."""

import secrets
from datetime import timedelta

from campaign.domain.accounts.role import Role
from campaign.domain.campaigns.campaign import Campaign
from campaign.store.accounts import campaigners, team
from campaign.store.redis import sessions
from campaign.web.desk.access import SESSION_COOKIE
from campaign.web.desk.resend import CSRF_FIELD
from tests.page_states.site import Site


class Campaigner:
    """A campaigner, what they are in some campaigns, and what their browser sends."""

    def __init__(self, site: Site, name: str = "Mary Seacole", *, operator: bool = False, email: str = "") -> None:
        self.site = site
        self.email = email or f"{''.join(filter(str.isascii, name.lower().replace(' ', '.')))}@campaign.example"
        now = site.runtime.now()
        with site.runtime.transaction() as connection:
            made = campaigners.add_campaigner(connection, self.email, self.email, name, now, is_operator=operator)
        assert made is not None
        self.id = made
        self.cookie, self._csrf = secrets.token_urlsafe(16), secrets.token_urlsafe(16)
        # Ahead of time: however slowly all pages are gone through, nobody is asked again who they are.
        self._sign_in(self.cookie, timedelta(hours=-2))

    def _sign_in(self, cookie: str, ago: timedelta) -> None:
        runtime = self.site.runtime
        sessions.start_session(
            runtime.redis, runtime.tokens, cookie, self._csrf, self.id, "Firefox on Linux", runtime.now() - ago,
            second_factor=True,
        )  # fmt: skip

    def join_team(self, campaign: Campaign, role: Role) -> "Campaigner":
        """Put them into the team of a campaign."""
        with self.site.runtime.transaction() as connection:
            team.add_member(connection, campaign.id, self.id, role, self.site.runtime.now())
        return self

    @property
    def cookies(self) -> dict[str, str]:
        """What their browser sends to each page of the desk."""
        return {SESSION_COOKIE: self.cookie}

    def stale_session_cookies(self) -> dict[str, str]:
        """What another browser of theirs sends, in which they have not proved for a while who they are."""
        cookie = secrets.token_urlsafe(16)
        self._sign_in(cookie, timedelta(hours=1))
        return {SESSION_COOKIE: cookie}

    def cookies_with_flash(self, words: str) -> dict[str, str]:
        """The same, right after something was done that the next page speaks of."""
        return {**self.cookies, "cs_flash": self.site.runtime.tokens.flash_cookie(f"good:{words}")}

    def form(self, **fields: str) -> dict[str, str]:
        """A form as a page of theirs sends it."""
        return {CSRF_FIELD: self._csrf, **fields}
