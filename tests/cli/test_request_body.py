"""Reading of bodies: a size, a deadline, and what becomes of those that keep neither."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from campaign.cli import request_body
from campaign.cli.request_body import MAX_UPLOADS, BodyReader, RefusedBodyError

LIMIT = 1_000


async def chunks(*sizes: int, then_wait: float = 0.0) -> AsyncIterator[bytes]:
    for size in sizes:
        yield b"x" * size
    if then_wait:
        await asyncio.sleep(then_wait)


def read(body: AsyncIterator[bytes], declared: int | None, limit: int = LIMIT, reader: BodyReader | None = None) -> int:
    """The length of what is read; less than zero the status it is refused with."""
    reader = reader or BodyReader(deadline_seconds=0.05)
    try:
        with asyncio.run(reader.read(body, declared, limit, drains=True)) as whole:
            length = len(whole.read())
    except RefusedBodyError as refused:
        length = -refused.status
    assert (reader._buffered, reader._uploads, reader._drains) == (0, 0, 0)
    return length


@pytest.mark.parametrize(
    ("sizes", "declared", "expected"),
    [
        ((300, 700), 1000, 1000),
        ((300, 700), None, 1000),
        ((0,), None, 0),
        ((300, 701), None, -413),
        ((1,), 1001, -413),
        ((300,), 1000, -400),
        ((0,), 1000, -400),
    ],
)
def test_a_body_is_read_whole_or_refused(sizes: tuple[int, ...], declared: int | None, expected: int) -> None:
    assert read(chunks(*sizes), declared) == expected


@pytest.mark.parametrize("declared", [1000, None])
def test_a_body_that_trickles_is_too_late(declared: int | None) -> None:
    assert read(chunks(10, then_wait=5), declared) == -408


def test_an_upload_may_take_longer_as_long_as_it_comes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(request_body, "UPLOAD_MIN_BYTES_PER_SECOND", 1_000_000)
    for size in (10_000, 50_000):  # in memory, and in a file
        assert read(chunks(*[size] * 30), size * 30, size * 30) == size * 30
        assert read(chunks(*[size] * 30), None, size * 30 - 1) == -413
        assert read(chunks(*[size] * 30, then_wait=5), size * 30 + 1, size * 40) == -408


def test_few_uploads_come_at_once() -> None:
    reader = BodyReader()
    reader._uploads = MAX_UPLOADS

    async def upload() -> None:
        await reader.read(chunks(2_000_000), 2_000_000, 3_000_000, drains=False)

    with pytest.raises(RefusedBodyError) as refused:
        asyncio.run(upload())
    assert refused.value.status == 503


def test_unfinished_forms_hold_a_bounded_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(request_body, "MAX_BUFFERED_BYTES", 5_000)

    async def send_all() -> list[object]:
        reader = BodyReader(deadline_seconds=0.05)
        forms = [reader.read(chunks(900, then_wait=5), LIMIT, LIMIT, drains=True) for _ in range(10)]
        return await asyncio.gather(*forms, return_exceptions=True)

    statuses = [answer.status for answer in asyncio.run(send_all()) if isinstance(answer, RefusedBodyError)]
    assert statuses == [408] * 5 + [503] * 5
