"""Signatory of a site, and the addresses that are theirs alone."""

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.page_states.site import Site


class Signatory:
    """Signatory of a site, and the addresses that are theirs alone."""

    def __init__(self, site: Site, slug: str, name: str = "Zoë Brontë-O’Neill", **typed: str) -> None:
        self.site, self.slug = site, slug
        own = f"{''.join(filter(str.isascii, name.lower().replace(' ', '.')))}@{slug}.example.org"
        self.form = {"name": name, "email": own, "country": "GB", "postcode": "SW1A 1AA", **typed}
        self.email = self.form["email"]
        self.browser: FlaskClient = site.app.test_client()

    def sign(self, **changes: str) -> "Signatory":
        answer = self.browser.post(f"/c/{self.slug}/signatures", data={**self.form, **changes})
        assert answer.status_code == 303, answer.text
        return self

    def verify(self) -> "Signatory":
        answer = self.post(self.verify_path)
        assert answer.status_code == 303, answer.text
        return self

    def post(self, path: str, **form: str) -> TestResponse:
        return self.browser.post(path, data=form)

    @property
    def id(self) -> int:
        return int(self.site.query_scalar("SELECT id FROM signatures WHERE email = :email", email=self.email))

    @property
    def _key(self) -> str:
        return str(self.site.query_scalar("SELECT link_key FROM signatures WHERE email = :email", email=self.email))

    @property
    def verify_path(self) -> str:
        return f"/v/{self.site.runtime.tokens.verify_token(self.id, self._key, 1)}"

    @property
    def manage_path(self) -> str:
        return f"/s/{self.site.runtime.tokens.manage_token(self.id, self._key)}"

    def cookies(self, path: str) -> dict[str, str]:
        """What this person's browser sends to a page."""
        return {cookie.key: cookie.value for cookie in self.browser._cookies.values() if path.startswith(cookie.path)}
