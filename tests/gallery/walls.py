"""Where the pages hang: the places, and what is shown of them."""

import shutil
from pathlib import Path
from typing import Any

from campaign.config import load_settings
from campaign.runtime import make_runtime
from campaign.store import schema
from tests.gallery.page import Page
from tests.gallery.place import Place
from tests.servers import RedisServer


class Gallery:
    """The places, and the pages they show."""

    def __init__(self, folder: Path, redis: RedisServer) -> None:
        self.folder, self._redis = folder, redis
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
        folder = self.folder / f"place{number}"
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
