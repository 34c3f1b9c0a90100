"""Every page in every state, made once on real stores, for the tests that look at all of them and for the eye."""

import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from tests.gallery.catalogue import NOT_PAGES, hang
from tests.gallery.page import Page, told
from tests.gallery.walls import Gallery
from tests.servers import RedisServer

__all__ = ["NOT_PAGES", "Gallery", "Page", "gallery", "told"]


@contextmanager
def gallery() -> Iterator[Gallery]:
    """The gallery, with all its pages."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="cs-gallery-")))
        redis = RedisServer()
        stack.callback(redis.close)
        made = Gallery(folder, redis)
        stack.callback(lambda: [place.close() for place in made.places])
        hang(made)
        yield made
