"""Somebody at the desk of a place: a campaigner with a browser that is signed in."""

import secrets
from datetime import timedelta

from campaign.domain.role import Role
from campaign.domain.standing import Standing
from campaign.store import people, sessions
from campaign.web.desk.gate import COOKIE, CSRF
from tests.gallery.place import Place


class Colleague:
    """A campaigner, what they are in some campaigns, and what their browser sends."""

    def __init__(self, place: Place, name: str = "Mary Seacole", *, operator: bool = False, email: str = "") -> None:
        self.place = place
        self.email = email or f"{''.join(filter(str.isascii, name.lower().replace(' ', '.')))}@campaign.example"
        now = place.runtime.now()
        with place.runtime.transaction() as connection:
            made = people.add(connection, self.email, self.email, name, now, operator=operator)
        assert made is not None
        self.id = made
        self.cookie, self._csrf = secrets.token_urlsafe(16), secrets.token_urlsafe(16)
        self._sign_in(self.cookie, timedelta())

    def _sign_in(self, cookie: str, ago: timedelta) -> None:
        runtime = self.place.runtime
        sessions.begin(
            runtime.redis, cookie, self._csrf, self.id, "Firefox on Linux", runtime.now() - ago, second_factor=True
        )  # fmt: skip

    def joins(self, campaign: Standing, role: Role) -> "Colleague":
        """Put them into the team of a campaign."""
        with self.place.runtime.transaction() as connection:
            people.join(connection, campaign.id, self.id, role, self.place.runtime.now())
        return self

    @property
    def cookies(self) -> dict[str, str]:
        """What their browser sends to each page of the desk."""
        return {COOKIE: self.cookie}

    def of_some_time_ago(self) -> dict[str, str]:
        """What another browser of theirs sends, in which they have not proved for a while who they are."""
        cookie = secrets.token_urlsafe(16)
        self._sign_in(cookie, timedelta(hours=1))
        return {COOKIE: cookie}

    def told(self, words: str, kind: str = "good") -> dict[str, str]:
        """The same, right after something was done that the next page speaks of."""
        return {**self.cookies, "cs_said": self.place.runtime.links.said(f"{kind}:{words}")}

    def form(self, **fields: str) -> dict[str, str]:
        """A form as a page of theirs sends it."""
        return {CSRF: self._csrf, **fields}
