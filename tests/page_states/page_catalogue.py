"""Sites, and the page states that are shown of them."""

import shutil
from pathlib import Path
from typing import Any

from campaign.config import load_settings
from campaign.languages import BUNDLED_LANGUAGES, SiteLanguages
from campaign.runtime import make_runtime
from campaign.store.database import migrate
from tests.page_states.page_state import PageState
from tests.page_states.site import Site
from tests.support.secret_keys import SECRET_KEY
from tests.support.servers import RedisServer


class PageCatalogue:
    """Sites, and the page states that they show."""

    def __init__(self, folder: Path, redis: RedisServer, languages: SiteLanguages = BUNDLED_LANGUAGES) -> None:
        self.folder, self._redis, self._languages = folder, redis, languages
        self.sites: list[Site] = []
        self.pages: list[PageState] = []
        template = folder / "template.sqlite3"
        settings = load_settings(_env_file=None, data_dir=folder, database_url=f"sqlite:///{template}", secret_key=SECRET_KEY)
        runtime = make_runtime(settings)
        migrate.upgrade_to_head(runtime.engine)
        runtime.close()
        self._template = template

    def new_site(self, **settings: Any) -> Site:
        """Another site, with a Redis of its own and an empty database unless told of another."""
        number = len(self.sites)
        folder = self.folder / f"place{number}"
        folder.mkdir()
        database = folder / "countersign.sqlite3"
        shutil.copy(self._template, database)
        place = Site(
            folder,
            f"{self._redis.url}?db={number}",
            languages=self._languages,
            **{"database_url": f"sqlite:///{database}", **settings},
        )
        self.sites.append(place)
        return place

    def add(self, name: str, site: Site, path: str, **more: Any) -> None:
        """Add a page state."""
        assert name not in {page.name for page in self.pages}
        self.pages.append(PageState(name, site.url + path, **more))

    def page_named(self, name: str) -> PageState:
        return next(page for page in self.pages if page.name == name)
