"""Bodies of requests: read outside the threads that answer, up to a size, before a deadline, within a bound of memory."""

import asyncio
import tempfile
from collections.abc import AsyncIterable
from dataclasses import dataclass
from io import BytesIO
from typing import BinaryIO, cast

DEADLINE_SECONDS = 10.0
"""Seconds in which the body of a form must be here, whole."""
MAX_FORM_BYTES = 64 * 1024
"""Octets. What is longer may take longer."""
UPLOAD_MIN_BYTES_PER_SECOND = 16 * 1024
"""How fast that must come after the deadline, on average."""
MAX_MEMORY_BYTES = 1_000_000
"""Octets. What is longer goes to a file, and few come at once."""
MAX_UPLOADS = 4
"""Uploads each process takes at once."""
MAX_DRAINED_BYTES = 16 * 1024 * 1024
"""Octets of a body that is too long which are still read and dropped: a browser that is sending does not read our answer."""
MAX_DRAINS = 8
"""Bodies each process drops at once; the sender of another is cut off."""
MAX_BUFFERED_BYTES = 32 * 1024 * 1024
"""Octets of unfinished forms each process holds."""


class RefusedBodyError(Exception):
    """A body that is not taken; `status` is the HTTP status that says why."""

    def __init__(self, status: int) -> None:
        super().__init__(status)
        self.status = status


@dataclass
class BodyReader:
    """Reads the bodies of one process. All of it runs in the event loop."""

    deadline_seconds: float = DEADLINE_SECONDS
    _buffered: int = 0
    _uploads: int = 0
    _drains: int = 0

    async def read(self, chunks: AsyncIterable[bytes], declared: int | None, limit: int, *, drains: bool) -> BinaryIO:
        """The body, at its start. `declared` is its Content-Length, None where it comes in chunks of a length not said.

        Raises RefusedBodyError: 413 where it is longer than `limit` (and then, where it `drains`, it is read and dropped), 408
        where it is too slow, 400 where it ends too soon, 503 where too much is being read already.
        """
        if declared is not None and declared > limit:
            if drains and declared <= MAX_DRAINED_BYTES:
                await self._drain(chunks)
            raise RefusedBodyError(413)
        if (limit if declared is None else declared) > MAX_MEMORY_BYTES:
            return await self._read_upload(chunks, declared, limit)
        return BytesIO(await self._read_form(chunks, declared, limit))

    async def _read_form(self, chunks: AsyncIterable[bytes], declared: int | None, limit: int) -> bytes:
        received: list[bytes] = []
        size, begun = 0, asyncio.get_running_loop().time()
        is_long = (limit if declared is None else declared) > MAX_FORM_BYTES
        try:
            async with asyncio.timeout(self.deadline_seconds) as timeout:
                async for chunk in chunks:
                    size += len(chunk)
                    self._buffered += len(chunk)
                    received.append(chunk)
                    if size > limit:
                        raise RefusedBodyError(413)
                    if self._buffered > MAX_BUFFERED_BYTES:
                        raise RefusedBodyError(503)
                    if size == declared:
                        break
                    if is_long:
                        timeout.reschedule(begun + self.deadline_seconds + size / UPLOAD_MIN_BYTES_PER_SECOND)
        except TimeoutError:
            raise RefusedBodyError(408) from None
        finally:
            self._buffered -= size
        _refuse_short(size, declared)
        return received[0] if len(received) == 1 else b"".join(received)

    async def _read_upload(self, chunks: AsyncIterable[bytes], declared: int | None, limit: int) -> BinaryIO:
        if self._uploads >= MAX_UPLOADS:
            raise RefusedBodyError(503)
        self._uploads += 1
        file = cast("BinaryIO", tempfile.TemporaryFile())  # noqa: SIM115 - the application reads it
        size, begun = 0, asyncio.get_running_loop().time()
        try:
            async with asyncio.timeout(self.deadline_seconds) as timeout:
                async for chunk in chunks:
                    size += len(chunk)
                    if size > limit:
                        raise RefusedBodyError(413)
                    file.write(chunk)
                    timeout.reschedule(begun + self.deadline_seconds + size / UPLOAD_MIN_BYTES_PER_SECOND)
                    if size == declared:
                        break
            _refuse_short(size, declared)
        except TimeoutError:
            file.close()
            raise RefusedBodyError(408) from None
        except BaseException:
            file.close()
            raise
        finally:
            self._uploads -= 1
        file.seek(0)
        return file

    async def _drain(self, chunks: AsyncIterable[bytes]) -> None:
        if self._drains >= MAX_DRAINS:
            return
        self._drains += 1
        try:
            async with asyncio.timeout(self.deadline_seconds):
                async for _ in chunks:
                    pass
        except TimeoutError:
            return
        finally:
            self._drains -= 1


def _refuse_short(size: int, declared: int | None) -> None:
    # Its sender is gone; half a form must not be taken for a whole one.
    if declared is not None and size < declared:
        raise RefusedBodyError(400)
