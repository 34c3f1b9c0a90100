"""A site with stores of its own, shown by a server in this process.

No worker runs beside it: what is shown moves only when told to, so that a page looks the same to each test.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Thread
from typing import Any

from flask import Flask
from sqlalchemy import bindparam, text
from werkzeug.serving import WSGIRequestHandler, make_server

from campaign.config import load_settings
from campaign.domain.campaigns.campaign import Campaign
from campaign.domain.campaigns.image import PictureCopy
from campaign.languages import BUNDLED_LANGUAGES, SiteLanguages
from campaign.runtime import Runtime, make_runtime
from campaign.services.campaigns import create_and_find
from campaign.store.database.column_types import UtcDateTime
from tests.support.caches import expire_campaigns
from tests.support.compile_cache import make_app
from tests.support.factories import definition
from tests.support.secret_keys import SECRET_KEY
from tests.support.servers import free_port
from tests.support.signatory import run_workers


class _SilentRequestHandler(WSGIRequestHandler):
    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Say nothing: a page that is refused is told by its test."""


class Site:
    """One site with its own stores and its own address, whose clock can be set back."""

    def __init__(self, folder: Path, redis_url: str, *, languages: SiteLanguages = BUNDLED_LANGUAGES, **settings: Any) -> None:
        port = free_port()
        self.url = f"http://127.0.0.1:{port}"
        plain = {
            "data_dir": folder,
            "redis_url": redis_url,
            "base_url": self.url,
            "secret_key": SECRET_KEY,
            "log_key": "7" * 64,
            "port": port,
            "mail_url": "",
            "places_url": "off",
        }
        self.runtime: Runtime = make_runtime(load_settings(_env_file=None, **{**plain, **settings}))
        self._ago = timedelta()
        self.runtime.now = lambda: datetime.now(UTC) - self._ago
        self.app: Flask = make_app(self.runtime, languages)
        self._server = make_server("127.0.0.1", port, self.app, threaded=True, request_handler=_SilentRequestHandler)
        Thread(target=self._server.serve_forever, daemon=True).start()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self.runtime.close()

    @contextmanager
    def clock_set_back(self, **time: float) -> Iterator[None]:
        """As it was some time ago."""
        self._ago = timedelta(**time)
        yield
        self._ago = timedelta()

    def new_campaign(
        self,
        slug: str,
        *,
        opened: timedelta = timedelta(days=3),
        left: timedelta = timedelta(days=27),
        picture: Sequence[PictureCopy] = (),
        **more: Any,
    ) -> Campaign:
        """A campaign that opened some time before the place's own now and has some time left."""
        now = self.runtime.now().replace(microsecond=0)
        plain = {"title": f"Save the village {slug}", "opens_at": now - opened, "closes_at": now + left}
        return create_and_find.create_campaign(self.runtime, definition(slug=slug, **{**plain, **more}), picture)

    def execute_sql(self, sql: str, **values: Any) -> None:
        """Put something into a state that nobody can bring about from outside in the time a test has."""
        times = [bindparam(name, type_=UtcDateTime()) for name, value in values.items() if isinstance(value, datetime)]
        with self.runtime.transaction() as connection:
            connection.execute(text(sql).bindparams(*times), values)

    def query_scalar(self, sql: str, **values: Any) -> Any:
        with self.runtime.reading() as connection:
            return connection.execute(text(sql), values).scalar_one()

    def run_workers(self) -> None:
        """Let the workers do what is due, and forget what this process has read a moment ago."""
        run_workers(self.runtime)
        self.clear_caches()

    def clear_caches(self) -> None:
        """Read everything afresh."""
        for campaign in create_and_find.list_campaigns(self.runtime):
            self.runtime.cache_campaign(campaign)
        expire_campaigns()
