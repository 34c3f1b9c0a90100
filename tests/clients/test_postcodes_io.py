"""Asking for postcodes: what is understood, and that whatever else comes back is taken for no answer. Over real HTTP."""

import random
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest

from campaign.clients.postcodes_io import PostcodeClient, read_answer
from campaign.domain.places.place import EMPTY_PLACE, AreaKind, Place, PostcodeServiceError
from tests.support.postcodes_io_server import PostcodesIoServer
from tests.support.processes import TIMEOUT_SECONDS
from tests.support.servers import free_port

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
SECRET = "LS1 4AP"


@pytest.fixture
def server() -> Iterator[PostcodesIoServer]:
    server = PostcodesIoServer()
    yield server
    server.close()


def service(url: str, **changes: Any) -> PostcodeClient:
    plain = {"timeout_seconds": 5.0, "retries": 0, "batch_size": 100, "rng": random.Random(1), "now": lambda: NOW}
    return PostcodeClient(url, **{**plain, **changes})


def refusal(server: PostcodesIoServer, **changes: Any) -> PostcodeServiceError:
    asking = service(server.url, **changes)
    with pytest.raises(PostcodeServiceError) as refused:
        asking.look_up([SECRET])
    asking.close()
    assert SECRET not in str(refused.value)
    return refused.value


def test_an_answer_says_where_postcodes_lie(server: PostcodesIoServer) -> None:
    asking = service(server.url)
    found = asking.look_up(["LS1 4AP", "CF10 1AA", "IM1 1AA", "ZZ9 9ZZ"])
    asking.close()

    assert found["LS1 4AP"] == Place(
        "E14001328", "Leeds Central and Headingley", "E08000035", "Leeds", "Yorkshire and The Humber", "England"
    )
    assert found["LS1 4AP"].area(AreaKind.REGION) == ("E12000003", "Yorkshire and The Humber")
    # Only England has regions; another nation is a region of its own.
    assert found["CF10 1AA"].area(AreaKind.REGION) == found["CF10 1AA"].area(AreaKind.COUNTRY) == ("W92000004", "Wales")
    # Where there is no constituency, its made-up code is no code.
    assert found["IM1 1AA"] == Place(region="Isle of Man", country="Isle of Man")
    assert found["ZZ9 9ZZ"] == EMPTY_PLACE
    assert server.requests == [["LS1 4AP", "CF10 1AA", "IM1 1AA", "ZZ9 9ZZ"]]


def test_a_copy_that_knows_only_one_constituency_is_understood() -> None:
    result = {
        "parliamentary_constituency": "Wyre", "admin_district": None, "region": "North West", "country": "England",
        "codes": {"parliamentary_constituency": "E14000995", "admin_district": "E99999999"},
    }  # fmt: skip
    found = read_answer({"status": 200, "result": [{"query": "PR3 0SG", "result": result}]}, ["PR3 0SG"])
    assert found == {"PR3 0SG": Place("E14000995", "Wyre", "", "", "North West", "England")}


@pytest.mark.parametrize(
    ("mode", "says"),
    [
        ("silent", "Timeout"),
        ("slow", "took too long"),
        ("broken off", "Error"),
        ("endless", "too long"),
        ("wrong JSON", "not JSON"),
        ("wrong shape", "cannot be understood"),
        ("without result", "no list of results"),
        ("forgetful", "are not in it"),
        ("at fault", "500"),
        ("refusing", "400"),
        ("elsewhere", "307"),
    ],
)
def test_whatever_else_comes_back_is_no_answer(server: PostcodesIoServer, mode: str, says: str) -> None:
    server.behaviour = mode
    error = refusal(server, timeout_seconds=1.0 if mode in ("silent", "slow") else TIMEOUT_SECONDS)
    assert says in str(error) or says in type(error).__name__
    assert len(server.requests) == 1


@pytest.mark.parametrize(
    ("retry_after", "rest"),
    [("120", 120), ("Mon, 23 Nov 2026 12:01:30 GMT", 90), ("999999999", 3600), ("-3", None), ("soon", None), ("", None)],
)
def test_who_is_over_quota_is_told_when_to_come_again(server: PostcodesIoServer, retry_after: str, rest: float | None) -> None:
    server.behaviour, server.retry_after = "over quota", retry_after
    error = refusal(server, retries=2)
    assert error.retry_after_seconds == rest
    assert len(server.requests) == 1, "who is over quota does not ask again at once"


def test_a_fault_is_tried_again_a_bounded_number_of_times(server: PostcodesIoServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("campaign.clients.postcodes_io.FIRST_RETRY_SECONDS", 0.001)
    server.behaviour = "at fault"
    refusal(server, retries=2)
    assert len(server.requests) == 3


def test_nobody_there_is_no_answer() -> None:
    with pytest.raises(PostcodeServiceError, match="ConnectionError"):
        service(f"http://user:secret@127.0.0.1:{free_port()}").look_up(["N1 1AA"])
