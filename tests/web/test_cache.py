"""Pages that are made seldom: by one thread at a time, and still there when the store is not."""

from threading import Event, Thread

import pytest
from campaign.web.cache.compressed_page import CompressedPage
from campaign.web.cache.page_cache import PageCache
from campaign.web.cache.single_flight import BusyError, SingleFlight

from campaign.store.database.engine import StoreUnavailableError
from tests.support.processes import wait_until


class PageMaker:
    """Makes pages, each another one, until the store is taken away from it."""

    def __init__(self) -> None:
        self.made = 0
        self.up = True

    def __call__(self) -> str | None:
        self.made += 1
        if not self.up:
            raise StoreUnavailableError
        return f"page {self.made}"


def text(page: CompressedPage | None) -> str:
    return "" if page is None else page.body.decode()


@pytest.fixture
def page_maker() -> PageMaker:
    return PageMaker()


def test_a_page_is_made_once_and_then_kept(page_maker: PageMaker) -> None:
    shelf = PageCache(60, 2)
    assert {text(shelf.get("home", page_maker)) for _ in range(5)} == {"page 1"}
    assert text(shelf.get("other", page_maker)) == "page 2"


def test_a_page_that_is_too_old_is_made_anew(page_maker: PageMaker) -> None:
    shelf = PageCache(0, 2)
    assert [text(shelf.get("home", page_maker)) for _ in range(3)] == ["page 1", "page 2", "page 3"]


def test_that_there_is_no_such_page_is_remembered_too() -> None:
    asked: list[str] = []
    shelf = PageCache(60, 2)
    assert [shelf.get("nowhere", lambda: asked.append("once")) for _ in range(3)] == [None, None, None]
    assert asked == ["once"]


def test_the_last_page_known_is_shown_while_the_store_is_away(page_maker: PageMaker) -> None:
    shelf = PageCache(0, 2)
    shelf.get("home", page_maker)
    page_maker.up = False
    assert [text(shelf.get("home", page_maker)) for _ in range(3)] == ["page 1", "page 1", "page 1"]
    page_maker.up = True
    assert text(shelf.get("home", page_maker)) == f"page {page_maker.made}" != "page 1"


def test_a_store_that_gave_no_answer_is_left_alone_for_a_while(page_maker: PageMaker) -> None:
    shelf = PageCache(60, 2)
    page_maker.up = False
    for name in ("home", "home", "other"):
        with pytest.raises(StoreUnavailableError):
            shelf.get(name, page_maker)
    assert page_maker.made == 1


def test_a_full_cache_evicts_the_page_made_longest_ago(page_maker: PageMaker) -> None:
    shelf = PageCache(60, 2)
    for name in ("first", "second", "third", "third", "second"):
        shelf.get(name, page_maker)
    assert page_maker.made == 3
    assert text(shelf.get("first", page_maker)) == "page 4"


def test_who_comes_while_a_page_is_made_gets_the_one_before_and_waits_for_nothing(page_maker: PageMaker) -> None:
    shelf, asked, answered = PageCache(0, 2), Event(), Event()
    shelf.get("home", page_maker)

    def slowly() -> str:
        asked.set()
        answered.wait(20)
        return "the new page"

    got: list[str] = []
    thread = Thread(target=lambda: got.append(text(shelf.get("home", slowly))))
    thread.start()
    assert asked.wait(20)
    assert text(shelf.get("home", page_maker)) == "page 1"
    answered.set()
    thread.join(20)
    assert got == ["the new page"]


def test_who_comes_first_to_a_page_waits_for_whoever_makes_it_already(page_maker: PageMaker) -> None:
    shelf, asked, answered = PageCache(60, 2), Event(), Event()

    def slowly() -> str:
        asked.set()
        answered.wait(20)
        return "the page"

    got: list[str] = []
    threads = [Thread(target=lambda make=make: got.append(text(shelf.get("home", make)))) for make in (slowly, page_maker)]
    threads[0].start()
    assert asked.wait(20)
    threads[1].start()
    answered.set()
    for thread in threads:
        thread.join(20)
    assert got == ["the page", "the page"]
    assert page_maker.made == 0


def test_few_wait_for_a_page_that_is_not_there_and_the_rest_are_told_at_once(page_maker: PageMaker) -> None:
    shelf, asked, answered, got = PageCache(60, 9, SingleFlight()), Event(), Event(), []
    shelf.get("home", page_maker)

    def slowly() -> str:
        asked.set()
        answered.wait(20)
        return "a page"

    def want(name: str) -> None:
        try:
            got.append(text(shelf.get(name, slowly)))
        except BusyError:
            got.append("busy")

    threads = [Thread(target=want, args=(f"search {n}",)) for n in range(6)]
    for thread in threads:
        thread.start()
    assert asked.wait(20)
    wait_until(lambda: len(got) == 3, "three were told")
    assert got == ["busy", "busy", "busy"]
    assert text(shelf.get("home", page_maker)) == "page 1"
    answered.set()
    for thread in threads:
        thread.join(20)
    assert sorted(got) == ["a page", "a page", "a page", "busy", "busy", "busy"]


def test_a_mistake_in_making_a_page_keeps_nobody_else_from_it(page_maker: PageMaker) -> None:
    shelf = PageCache(60, 2)
    with pytest.raises(ZeroDivisionError):
        shelf.get("home", lambda: str(1 // 0))
    assert text(shelf.get("home", page_maker)) == "page 1"
