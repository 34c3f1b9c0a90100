"""Every page in every state, made once on real stores and shown by a server in this process, for tests and for the eye.

No worker runs beside it: what is shown moves only when told to, so that a page looks the same to each test.
"""

import shutil
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Thread
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import text
from werkzeug.serving import WSGIRequestHandler, make_server
from werkzeug.test import TestResponse

from campaign import campaigning
from campaign.app import create_app
from campaign.config import load_settings
from campaign.domain.standing import Standing
from campaign.drawing.picture import Copy
from campaign.languages import OURS, Languages
from campaign.runtime import Runtime, make_runtime
from campaign.store import schema
from tests.drivers import work
from tests.factories import definition
from tests.servers import RedisServer, free_port


@dataclass(frozen=True)
class Page:
    """One page in one state, and how a browser comes to see it."""

    name: str
    url: str
    status: int = 200
    form: dict[str, str] | None = None
    """What is posted to it; None where it is simply opened."""
    cookies: dict[str, str] = field(default_factory=dict)
    example: str = ""
    """What the page must say, so that a catalogue cannot show something else under this name."""

    @property
    def file(self) -> str:
        return self.name.replace(", ", "-").replace(" ", "-")

    def said_in(self, language: str) -> "Page":
        """The same page, asked for in a language."""
        return replace(self, url=f"{self.url}{'&' if '?' in self.url else '?'}lang={language}", example="")


class _Quiet(WSGIRequestHandler):
    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Say nothing: a page that is refused is told by its test."""


class Place:
    """One site with its own stores and its own address, whose clock can be set back."""

    def __init__(self, folder: Path, redis_url: str, *, languages: Languages = OURS, **settings: Any) -> None:
        port = free_port()
        self.url = f"http://127.0.0.1:{port}"
        plain = {
            "data_dir": folder,
            "redis_url": redis_url,
            "base_url": self.url,
            "secret_key": "0" * 64,
            "port": port,
            "mail_url": "",
        }
        self.runtime: Runtime = make_runtime(load_settings(_env_file=None, **{**plain, **settings}))
        self._ago = timedelta()
        self.runtime.now = lambda: datetime.now(UTC) - self._ago
        self.app: Flask = create_app(self.runtime, languages)
        self._server = make_server("127.0.0.1", port, self.app, threaded=True, request_handler=_Quiet)
        Thread(target=self._server.serve_forever, daemon=True).start()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self.runtime.close()

    @contextmanager
    def earlier(self, **time: float) -> Iterator[None]:
        """As it was some time ago."""
        self._ago = timedelta(**time)
        yield
        self._ago = timedelta()

    def campaign(
        self,
        slug: str,
        *,
        opened: timedelta = timedelta(days=3),
        left: timedelta = timedelta(days=27),
        picture: Sequence[Copy] = (),
        **more: Any,
    ) -> Standing:
        """A campaign that opened some time before the place's own now and has some time left."""
        now = self.runtime.now().replace(microsecond=0)
        window = {"opens_at": now - opened, "closes_at": now + left}
        return campaigning.create(self.runtime, definition(slug=slug, **window, **more), picture)

    def change(self, sql: str, **values: Any) -> None:
        """Put something into a state that nobody can bring about from outside in the time a test has."""
        with self.runtime.transaction() as connection:
            connection.execute(text(sql), values)

    def scalar(self, sql: str, **values: Any) -> Any:
        with self.runtime.reading() as connection:
            return connection.execute(text(sql), values).scalar_one()

    def settle(self) -> None:
        """Let the workers do what is due, and forget what this process has read a moment ago."""
        work(self.runtime)
        self.forget()

    def forget(self) -> None:
        """Read everything afresh."""
        for standing in campaigning.page(self.runtime):
            self.runtime.publish(standing)
        self.runtime.remembered.clear()


class Person:
    """Somebody who signs at a place, and the addresses that are theirs alone."""

    def __init__(self, place: Place, slug: str, name: str = "Zoë Brontë-O’Neill", **typed: str) -> None:
        self.place, self.slug = place, slug
        own = f"{''.join(filter(str.isascii, name.lower().replace(' ', '.')))}@{slug}.example.org"
        self.form = {"name": name, "email": own, "country": "GB", "postcode": "SW1A 1AA", **typed}
        self.email = self.form["email"]
        self.browser: FlaskClient = place.app.test_client()

    def sign(self, **changes: str) -> "Person":
        answer = self.browser.post(f"/c/{self.slug}/signatures", data={**self.form, **changes})
        assert answer.status_code == 303, answer.text
        return self

    def verify(self) -> "Person":
        answer = self.post(self.verify_path)
        assert answer.status_code == 303, answer.text
        return self

    def post(self, path: str, **form: str) -> TestResponse:
        return self.browser.post(path, data=form)

    @property
    def id(self) -> int:
        return int(self.place.scalar("SELECT id FROM signatures WHERE email = :email", email=self.email))

    @property
    def _key(self) -> str:
        return str(self.place.scalar("SELECT link_key FROM signatures WHERE email = :email", email=self.email))

    @property
    def verify_path(self) -> str:
        return f"/v/{self.place.runtime.links.verify_token(self.id, self._key, 1)}"

    @property
    def manage_path(self) -> str:
        return f"/s/{self.place.runtime.links.manage_token(self.id, self._key)}"

    def cookies(self, path: str) -> dict[str, str]:
        """What this person's browser sends to a page."""
        return {cookie.key: cookie.value for cookie in self.browser._cookies.values() if path.startswith(cookie.path)}


class Gallery:
    """The places, and the pages they show."""

    def __init__(self, folder: Path, redis: RedisServer) -> None:
        self._folder, self._redis = folder, redis
        self.places: list[Place] = []
        self.pages: list[Page] = []
        template = folder / "template.sqlite3"
        settings = load_settings(_env_file=None, data_dir=folder, database_url=f"sqlite:///{template}", secret_key="0" * 64)
        runtime = make_runtime(settings)
        schema.migrate(runtime.engine)
        runtime.close()
        self._template = template

    def place(self, **settings: Any) -> Place:
        """Another site, with a Redis of its own and an empty database unless told of another."""
        number = len(self.places)
        folder = self._folder / f"place{number}"
        folder.mkdir()
        database = folder / "countersign.sqlite3"
        shutil.copy(self._template, database)
        place = Place(folder, f"{self._redis.url}?db={number}", **{"database_url": f"sqlite:///{database}", **settings})
        self.places.append(place)
        return place

    def add(self, name: str, place: Place, path: str, **more: Any) -> None:
        """Hang a page."""
        assert name not in {page.name for page in self.pages}
        self.pages.append(Page(name, place.url + path, **more))

    def page(self, name: str) -> Page:
        return next(page for page in self.pages if page.name == name)


def told(found: dict[str, list[str]]) -> str:
    """What was found, a line each, with the pages it was found on; empty where nothing was."""
    pages: dict[str, list[str]] = {}
    for name, problems in found.items():
        for problem in dict.fromkeys(problems):
            pages.setdefault(problem, []).append(name)
    return "\n".join(f"{problem}\n    on {' | '.join(names)}" for problem, names in pages.items())


@contextmanager
def gallery(hang: Callable[[Gallery], None]) -> Iterator[Gallery]:
    """A gallery in which `hang` has hung its pages."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="cs-gallery-")))
        redis = RedisServer()
        stack.callback(redis.close)
        made = Gallery(folder, redis)
        stack.callback(lambda: [place.close() for place in made.places])
        hang(made)
        yield made
