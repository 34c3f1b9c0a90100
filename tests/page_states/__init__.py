"""Every page in every state, made once on real stores, for the tests that look at all of them and for the eye."""

import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from campaign.languages import BUNDLED_LANGUAGES
from tests.page_states.all_states import NON_PAGE_ROUTES, add_all_states
from tests.page_states.page_catalogue import PageCatalogue
from tests.page_states.page_state import PageState, problem_report
from tests.support.pseudo_locale import pseudo_languages
from tests.support.servers import RedisServer

__all__ = ["NON_PAGE_ROUTES", "PageCatalogue", "PageState", "build_page_catalogue", "problem_report"]


@contextmanager
def build_page_catalogue(*, with_pseudo_language: bool = False) -> Iterator[PageCatalogue]:
    """Catalogue of all pages; their sites may speak a language that nobody does, see `tests.support.pseudo_locale`."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="cs-page-states-")))
        redis = RedisServer()
        stack.callback(redis.close)
        made = PageCatalogue(
            folder, redis, pseudo_languages(folder / "translations") if with_pseudo_language else BUNDLED_LANGUAGES
        )
        stack.callback(lambda: [place.close() for place in made.sites])
        add_all_states(made)
        yield made
