"""Every page in every state, made once on real stores, for the tests that look at all of them and for the eye."""

import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from campaign.languages import BUNDLED_LANGUAGES
from tests.page_states.all_states import NON_PAGE_ROUTES, add_all_states
from tests.page_states.desk_pages import add_desk
from tests.page_states.page_catalogue import PageCatalogue
from tests.page_states.page_state import PageState, problem_report
from tests.support.pseudo_locale import pseudo_languages
from tests.support.servers import RedisServer

__all__ = [
    "NON_PAGE_ROUTES",
    "PageCatalogue",
    "PageState",
    "build_desk_in_pseudo_language",
    "build_page_catalogue",
    "problem_report",
]


@contextmanager
def build_page_catalogue() -> Iterator[PageCatalogue]:
    """Catalogue of all pages."""
    with _new_catalogue() as made:
        add_all_states(made)
        yield made


@contextmanager
def build_desk_in_pseudo_language() -> Iterator[PageCatalogue]:
    """Catalogue of the pages of the desk, on sites that speak a language nobody does: see `tests.support.pseudo_locale`."""
    with _new_catalogue(pseudo=True) as made:
        add_desk(made)
        yield made


@contextmanager
def _new_catalogue(*, pseudo: bool = False) -> Iterator[PageCatalogue]:
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="cs-page-states-")))
        redis = RedisServer()
        stack.callback(redis.close)
        made = PageCatalogue(folder, redis, pseudo_languages(folder / "translations") if pseudo else BUNDLED_LANGUAGES)
        stack.callback(lambda: [place.close() for place in made.sites])
        yield made
