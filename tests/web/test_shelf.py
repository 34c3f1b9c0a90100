"""Pages that are made seldom: by one thread at a time, and still there when the store is not."""

from threading import Event, Thread

import pytest

from campaign.store.engine import StoreUnavailable
from campaign.web.kept import Kept
from campaign.web.shelf import Shelf
from campaign.web.turn import Busy, Turn
from tests.processes import until


class Press:
    """Makes pages, each another one, until the store is taken away from it."""

    def __init__(self) -> None:
        self.made = 0
        self.up = True

    def __call__(self) -> str | None:
        self.made += 1
        if not self.up:
            raise StoreUnavailable
        return f"page {self.made}"


def text(page: Kept | None) -> str:
    return "" if page is None else page.body.decode()


@pytest.fixture
def press() -> Press:
    return Press()


def test_a_page_is_made_once_and_then_kept(press: Press) -> None:
    shelf = Shelf(60, 2)
    assert {text(shelf.get("home", press)) for _ in range(5)} == {"page 1"}
    assert text(shelf.get("other", press)) == "page 2"


def test_a_page_that_is_too_old_is_made_anew(press: Press) -> None:
    shelf = Shelf(0, 2)
    assert [text(shelf.get("home", press)) for _ in range(3)] == ["page 1", "page 2", "page 3"]


def test_that_there_is_no_such_page_is_remembered_too() -> None:
    asked: list[str] = []
    shelf = Shelf(60, 2)
    assert [shelf.get("nowhere", lambda: asked.append("once")) for _ in range(3)] == [None, None, None]
    assert asked == ["once"]


def test_the_last_page_known_is_shown_while_the_store_is_away(press: Press) -> None:
    shelf = Shelf(0, 2)
    shelf.get("home", press)
    press.up = False
    assert [text(shelf.get("home", press)) for _ in range(3)] == ["page 1", "page 1", "page 1"]
    press.up = True
    assert text(shelf.get("home", press)) == f"page {press.made}" != "page 1"


def test_a_store_that_gave_no_answer_is_left_alone_for_a_while(press: Press) -> None:
    shelf = Shelf(60, 2)
    press.up = False
    for name in ("home", "home", "other"):
        with pytest.raises(StoreUnavailable):
            shelf.get(name, press)
    assert press.made == 1


def test_a_shelf_that_is_full_lets_go_of_the_page_made_longest_ago(press: Press) -> None:
    shelf = Shelf(60, 2)
    for name in ("first", "second", "third", "third", "second"):
        shelf.get(name, press)
    assert press.made == 3
    assert text(shelf.get("first", press)) == "page 4"


def test_who_comes_while_a_page_is_made_gets_the_one_before_and_waits_for_nothing(press: Press) -> None:
    shelf, asked, answered = Shelf(0, 2), Event(), Event()
    shelf.get("home", press)

    def slowly() -> str:
        asked.set()
        answered.wait(20)
        return "the new page"

    got: list[str] = []
    thread = Thread(target=lambda: got.append(text(shelf.get("home", slowly))))
    thread.start()
    assert asked.wait(20)
    assert text(shelf.get("home", press)) == "page 1"
    answered.set()
    thread.join(20)
    assert got == ["the new page"]


def test_who_comes_first_to_a_page_waits_for_whoever_makes_it_already(press: Press) -> None:
    shelf, asked, answered = Shelf(60, 2), Event(), Event()

    def slowly() -> str:
        asked.set()
        answered.wait(20)
        return "the page"

    got: list[str] = []
    threads = [Thread(target=lambda make=make: got.append(text(shelf.get("home", make)))) for make in (slowly, press)]
    threads[0].start()
    assert asked.wait(20)
    threads[1].start()
    answered.set()
    for thread in threads:
        thread.join(20)
    assert got == ["the page", "the page"]
    assert press.made == 0


def test_few_wait_for_a_page_that_is_not_there_and_the_rest_are_told_at_once(press: Press) -> None:
    shelf, asked, answered, got = Shelf(60, 9, Turn()), Event(), Event(), []
    shelf.get("home", press)

    def slowly() -> str:
        asked.set()
        answered.wait(20)
        return "a page"

    def want(name: str) -> None:
        try:
            got.append(text(shelf.get(name, slowly)))
        except Busy:
            got.append("busy")

    threads = [Thread(target=want, args=(f"search {n}",)) for n in range(6)]
    for thread in threads:
        thread.start()
    assert asked.wait(20)
    until(lambda: len(got) == 3, "three were told")
    assert got == ["busy", "busy", "busy"]
    assert text(shelf.get("home", press)) == "page 1"
    answered.set()
    for thread in threads:
        thread.join(20)
    assert sorted(got) == ["a page", "a page", "a page", "busy", "busy", "busy"]


def test_a_mistake_in_making_a_page_keeps_nobody_else_from_it(press: Press) -> None:
    shelf = Shelf(60, 2)
    with pytest.raises(ZeroDivisionError):
        shelf.get("home", lambda: str(1 // 0))
    assert text(shelf.get("home", press)) == "page 1"
