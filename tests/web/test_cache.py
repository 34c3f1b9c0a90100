"""Cache of a web process: bounded, refreshed by one thread at a time, and of use while the store is away."""

from dataclasses import replace
from threading import Event, Lock, Thread

import pytest

from campaign.store.database.engine import StoreUnavailableError
from campaign.web.cache import ProcessCache, Region
from campaign.web.single_flight import BusyError
from tests.support.processes import wait_until

WORDS: Region[str] = Region("words", max_entries=2, seconds=60, stale_if_unavailable=True)
SHARED: Region[str] = Region("shared", max_entries=9, seconds=60, flight="one at a time")


class ManualSeconds:
    """A monotonic clock that stands still until it is moved."""

    def __init__(self) -> None:
        self.at = 1_000.0

    def __call__(self) -> float:
        return self.at


class Loader:
    """Makes values, each another one, until the store is taken away from it."""

    def __init__(self) -> None:
        self.made = 0
        self.up = True

    def __call__(self) -> str:
        self.made += 1
        if not self.up:
            raise StoreUnavailableError
        return f"value {self.made}"


class SlowLoader:
    """Makes one value, and not before it is told to."""

    def __init__(self, value: str = "the new value") -> None:
        self.value = value
        self.asked, self.answered = Event(), Event()

    def __call__(self) -> str:
        self.asked.set()
        assert self.answered.wait(20)
        return self.value


@pytest.fixture
def load() -> Loader:
    return Loader()


@pytest.fixture
def clock() -> ManualSeconds:
    return ManualSeconds()


@pytest.fixture
def cache(clock: ManualSeconds) -> ProcessCache:
    return ProcessCache(clock)


def test_a_value_is_loaded_once_and_again_when_it_is_too_old(cache: ProcessCache, load: Loader, clock: ManualSeconds) -> None:
    assert {cache.get(WORDS, "home", load) for _ in range(5)} == {"value 1"}
    assert cache.get(WORDS, "other", load) == "value 2"
    clock.at += 59.9
    assert cache.get(WORDS, "home", load) == "value 1"
    clock.at += 0.1
    assert cache.get(WORDS, "home", load) == "value 3"


def test_that_something_does_not_exist_is_a_value_too(cache: ProcessCache) -> None:
    asked: list[str] = []
    absent: Region[None] = Region("absent", max_entries=2)
    assert [cache.get(absent, "nowhere", lambda: asked.append("once")) for _ in range(3)] == [None, None, None]
    assert asked == ["once"]


def test_a_value_that_is_no_longer_current_is_loaded_anew_whatever_its_age(cache: ProcessCache, load: Loader) -> None:
    plain: Region[str] = Region("plain", max_entries=2)
    cache.get(plain, "home", load)
    assert cache.get(plain, "home", load, is_current=lambda value: value == "value 1") == "value 1"
    assert cache.get(plain, "home", load, is_current=lambda value: value == "another") == "value 2"


def test_a_full_region_evicts_what_was_not_used_for_longest(cache: ProcessCache, load: Loader) -> None:
    for key in ("first", "second", "first", "third", "first"):
        cache.get(WORDS, key, load)
    assert load.made == 3
    assert [cache.last(WORDS, key) for key in ("first", "second", "third")] == ["value 1", None, "value 3"]


def test_a_value_used_all_the_time_outlasts_any_number_of_others(cache: ProcessCache, load: Loader) -> None:
    hot = cache.get(WORDS, "hot", load)
    for number in range(1_000):
        cache.get(WORDS, f"made up {number}", load)
        assert cache.get(WORDS, "hot", load) == hot


def test_octets_bound_a_region_as_well_as_entries(cache: ProcessCache) -> None:
    pages: Region[bytes] = Region("pages", max_entries=10, max_bytes=1_000, size=len)
    for number in range(10):
        cache.get(pages, number, lambda: b"small")
    assert [number for number in range(10) if cache.last(pages, number)] == [*range(10)]
    cache.get(pages, "large", lambda: b"." * 650)
    # It takes the place of those that were not used for longest.
    assert [number for number in range(10) if cache.last(pages, number)] == [7, 8, 9]
    assert cache.get(pages, "larger than all", lambda: b"." * 1_001) == b"." * 1_001
    assert cache.last(pages, "larger than all") is None
    assert cache.last(pages, "large") is not None


def test_regions_push_nothing_out_of_each_other(cache: ProcessCache, load: Loader) -> None:
    home = cache.get(WORDS, "home", load)
    for number in range(100):
        cache.get(SHARED, number, load)
    assert cache.get(WORDS, "home", load) == home


def test_what_is_expired_is_loaded_anew_and_known_until_then(cache: ProcessCache, load: Loader) -> None:
    for key in ("home", "other"):
        cache.get(WORDS, key, load)
    cache.expire(WORDS, "home")
    assert cache.last(WORDS, "home") == "value 1"
    assert cache.get(WORDS, "home", load) == "value 3"
    assert cache.get(WORDS, "other", load) == "value 2"
    cache.expire(WORDS)
    assert [cache.get(WORDS, key, load) for key in ("home", "other")] == ["value 4", "value 5"]
    cache.clear()
    assert cache.last(WORDS, "home") is None


def test_the_last_value_is_served_while_the_store_is_away(cache: ProcessCache, load: Loader, clock: ManualSeconds) -> None:
    cache.get(WORDS, "home", load)
    load.up = False
    clock.at += 3_600
    assert [cache.get(WORDS, "home", load) for _ in range(3)] == ["value 1"] * 3
    assert load.made == 2
    load.up = True
    clock.at += 60
    assert cache.get(WORDS, "home", load) == "value 3"


def test_without_that_rule_the_failure_of_the_store_is_told(cache: ProcessCache, load: Loader, clock: ManualSeconds) -> None:
    strict = replace(WORDS, name="strict", stale_if_unavailable=False)
    cache.get(strict, "home", load)
    load.up = False
    clock.at += 60
    for _ in range(2):
        with pytest.raises(StoreUnavailableError):
            cache.get(strict, "home", load)
    assert load.made == 3


def test_a_store_that_gave_no_answer_is_left_alone_for_a_while_and_then_asked_again(
    cache: ProcessCache, load: Loader, clock: ManualSeconds
) -> None:
    load.up = False
    for key in ("home", "home", "other"):
        with pytest.raises(StoreUnavailableError):
            cache.get(WORDS, key, load)
        # Asking in between does not make the pause longer.
        clock.at += 20
    assert load.made == 1
    load.up = True
    assert cache.get(WORDS, "home", load) == "value 2"


def test_who_comes_while_one_thread_loads_gets_the_value_before_and_waits_for_nothing(
    cache: ProcessCache, load: Loader, clock: ManualSeconds
) -> None:
    cache.get(WORDS, "home", load)
    clock.at += 60
    slowly, got = SlowLoader(), list[str]()
    thread = Thread(target=lambda: got.append(cache.get(WORDS, "home", slowly)))
    thread.start()
    assert slowly.asked.wait(20)
    assert cache.get(WORDS, "home", load) == "value 1"
    slowly.answered.set()
    thread.join(20)
    assert got == ["the new value"]


def test_a_value_from_long_ago_is_not_served_while_a_new_one_is_loaded(
    cache: ProcessCache, load: Loader, clock: ManualSeconds
) -> None:
    cache.get(WORDS, "home", load)
    clock.at += 60 + WORDS.max_stale_seconds + 1
    slowly, got, lock = SlowLoader(), list[str](), Lock()

    def read() -> None:
        value = cache.get(WORDS, "home", slowly)
        with lock:
            got.append(value)

    threads = [Thread(target=read) for _ in range(3)]
    for thread in threads:
        thread.start()
    assert slowly.asked.wait(20)
    slowly.answered.set()
    for thread in threads:
        thread.join(20)
    assert got == ["the new value"] * 3


def test_who_comes_first_waits_for_the_thread_that_loads_already(cache: ProcessCache, load: Loader) -> None:
    slowly, got = SlowLoader(), list[str]()
    loaders = (slowly, load)
    threads = [Thread(target=lambda by=by: got.append(cache.get(WORDS, "home", by))) for by in loaders]
    threads[0].start()
    assert slowly.asked.wait(20)
    threads[1].start()
    slowly.answered.set()
    for thread in threads:
        thread.join(20)
    assert got == ["the new value"] * 2
    assert load.made == 0


def test_a_slow_value_does_not_hold_up_another(cache: ProcessCache, load: Loader) -> None:
    slowly = SlowLoader()
    thread = Thread(target=lambda: cache.get(WORDS, "slow", slowly))
    thread.start()
    assert slowly.asked.wait(20)
    assert cache.get(WORDS, "quick", load) == "value 1"
    slowly.answered.set()
    thread.join(20)


def test_few_wait_for_a_flight_that_is_shared_and_the_rest_are_told_at_once(cache: ProcessCache, load: Loader) -> None:
    cache.get(SHARED, "home", load)
    slowly, got = SlowLoader("a page"), list[str]()

    def want(key: str) -> None:
        try:
            got.append(cache.get(SHARED, key, slowly))
        except BusyError:
            got.append("busy")

    threads = [Thread(target=want, args=(f"search {n}",)) for n in range(6)]
    for thread in threads:
        thread.start()
    assert slowly.asked.wait(20)
    wait_until(lambda: len(got) == 3, "three were told")
    assert got == ["busy"] * 3
    assert cache.get(SHARED, "home", load) == "value 1"
    slowly.answered.set()
    for thread in threads:
        thread.join(20)
    assert sorted(got) == ["a page"] * 3 + ["busy"] * 3


def test_a_mistake_in_loading_keeps_nobody_else_from_it(cache: ProcessCache, load: Loader) -> None:
    with pytest.raises(ZeroDivisionError):
        cache.get(WORDS, "home", lambda: str(1 // 0))
    assert cache.get(WORDS, "home", load) == "value 1"
