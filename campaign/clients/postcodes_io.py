"""Asking postcodes.io, or a copy of it, where postcodes lie: `POST /postcodes`, many at once.

Its answers are documented at https://postcodes.io/docs/postcode/bulk. Postcodes go out and names of areas come back; no
postcode is ever in a log or in the words of an error.
"""

import json
import re
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from functools import cached_property
from typing import TYPE_CHECKING, Any

from campaign.clients.bounded_answer import UnboundedAnswerError, read_body
from campaign.config import Settings
from campaign.domain.places.place import EMPTY_PLACE, REGION_CODES, Place, PostcodeServiceError

if TYPE_CHECKING:
    import random

    import requests

MAX_ANSWER_BYTES = 8_000_000
"""The longest answer that is read; one to a hundred postcodes has some 300,000."""
FIRST_RETRY_SECONDS, MAX_RETRY_SECONDS = 0.5, 4.0
"""Seconds between two attempts of one question."""
MAX_RETRY_AFTER_SECONDS = 3600.0
"""Seconds: the longest a service may ask to be left alone for."""
REFUSED_RETRY_AFTER_SECONDS = 900.0
"""Seconds it is left alone where it does not want the question: asking again at once would not help."""
_MAX_NAME_CHARACTERS = 120
_AREA_CODE = re.compile(r"[A-Z][0-9]{8}")


@dataclass
class PostcodeClient:
    """The service, over one kept connection."""

    url: str
    timeout_seconds: float
    """Seconds one answer may take, from the question to its last octet."""
    retries: int
    """Further attempts where the first finds nobody, or somebody overloaded."""
    batch_size: int
    """Postcodes of one question."""
    rng: "random.Random"
    now: Callable[[], datetime]

    @cached_property
    def _session(self) -> "requests.Session":
        import requests  # noqa: PLC0415 - large, and not needed before there is something to ask

        session = requests.Session()
        session.headers["User-Agent"] = "countersign"
        return session

    def look_up(self, postcodes: Sequence[str]) -> dict[str, Place]:
        """Where postcodes lie, `places_batch` of the settings at most; UNKNOWN for those it does not know. Raises
        PostcodeServiceError."""
        wait = FIRST_RETRY_SECONDS
        for attempt in range(self.retries + 1):
            try:
                return read_answer(self._request(postcodes), postcodes)
            except PostcodeServiceError as error:
                if not error.retryable or attempt == self.retries:
                    raise
            time.sleep(wait * self.rng.uniform(0.75, 1.25))
            wait = min(MAX_RETRY_SECONDS, wait * 2)
        raise AssertionError("unreachable")  # pragma: no cover

    def close(self) -> None:
        """Give the connection back."""
        if "_session" in self.__dict__:
            self._session.close()

    def _request(self, postcodes: Sequence[str]) -> Any:
        import requests  # noqa: PLC0415 - as above
        from urllib3.exceptions import HTTPError  # noqa: PLC0415 - as above

        until = time.monotonic() + self.timeout_seconds
        try:
            with self._session.post(
                f"{self.url}/postcodes", json={"postcodes": list(postcodes)}, timeout=self.timeout_seconds, stream=True,
                allow_redirects=False,
            ) as answer:  # fmt: skip
                _raise_for_status(answer, self.now())
                body = read_body(answer, MAX_ANSWER_BYTES, until)
        except UnboundedAnswerError as error:
            raise PostcodeServiceError(str(error)) from None
        except (requests.RequestException, HTTPError) as error:
            # Its words can hold the address with a password; its kind says enough.
            raise PostcodeServiceError(type(error).__name__, retryable=True) from None
        try:
            return json.loads(body)
        except (ValueError, RecursionError):
            raise PostcodeServiceError("its answer is not JSON") from None


def open_postcode_client(settings: Settings, rng: "random.Random", now: Callable[[], datetime]) -> PostcodeClient | None:
    """The service the settings name; None where nothing is to be looked up. Connects to nothing yet."""
    if not settings.places_url:
        return None
    timeout, retries, most = settings.places_timeout, settings.places_retries, settings.places_batch
    return PostcodeClient(settings.places_url, timeout, retries, most, rng, now)


def read_answer(answer: Any, asked: Sequence[str]) -> dict[str, Place]:
    """What an answer says of every postcode that was asked for. Raises PostcodeServiceError where it is another."""
    lines = answer.get("result") if isinstance(answer, dict) else None
    if not isinstance(lines, list) or not all(isinstance(line, dict) for line in lines):
        raise _bad_answer("it has no list of results")
    found: dict[str, Place] = {}
    for line in lines:
        query, result = line.get("query"), line.get("result")
        if not isinstance(query, str) or not isinstance(result, dict | None):
            raise _bad_answer("a result is not what is documented")
        found[query] = EMPTY_PLACE if result is None else _place(result)
    if any(postcode not in found for postcode in asked):
        raise _bad_answer("postcodes that were asked for are not in it")
    return {postcode: found[postcode] for postcode in asked}


def _place(result: Mapping[str, Any]) -> Place:
    codes = result.get("codes")
    if codes is not None and not isinstance(codes, dict):
        raise _bad_answer("its codes are not what is documented")
    # Where both are told, the older name is for boundaries that are no more.
    newer = "parliamentary_constituency_2024"
    constituency = newer if newer in result else "parliamentary_constituency"
    country = _name(result, "country")
    region = _name(result, "region") or country
    place = Place(
        constituency_code=_code(codes, constituency), constituency=_name(result, constituency),
        council_code=_code(codes, "admin_district"), council=_name(result, "admin_district"),
        region=_REGIONS.get(region.casefold(), region), country=country,
    )  # fmt: skip
    if place == EMPTY_PLACE:
        raise _bad_answer("a postcode that it knows lies nowhere")
    return place


_REGIONS = {name.casefold(): name for name in REGION_CODES}


def _name(result: Mapping[str, Any], name: str) -> str:
    value = result.get(name)
    if value is None:
        return ""
    if not isinstance(value, str) or len(value) > _MAX_NAME_CHARACTERS or not value.isprintable():
        raise _bad_answer(f"its {name} is not a name")
    return " ".join(value.split())


def _code(codes: Mapping[str, Any] | None, name: str) -> str:
    value = (codes or {}).get(name)
    # Places without an area have made-up codes that end in nines.
    return value if isinstance(value, str) and _AREA_CODE.fullmatch(value) and not value.endswith("999999") else ""


def _bad_answer(reason: str) -> PostcodeServiceError:
    return PostcodeServiceError(f"its answer cannot be understood: {reason}")


def _raise_for_status(answer: "requests.Response", now: datetime) -> None:
    """Raise PostcodeServiceError for anything but an answer."""
    status, rest = answer.status_code, _retry_after(answer.headers.get("Retry-After", ""), now)
    if status == 200:
        return
    if status == 429 or status >= 500:
        # What says when to come again is not asked before.
        raise PostcodeServiceError(f"it answered {status}", retry_after_seconds=rest, retryable=status != 429 and rest is None)
    if 300 <= status < 400:
        raise PostcodeServiceError(
            f"it answered {status}, and is not followed elsewhere: set PLACES_URL",
            retry_after_seconds=REFUSED_RETRY_AFTER_SECONDS,
        )
    raise PostcodeServiceError(f"it answered {status}", retry_after_seconds=max(rest or 0.0, REFUSED_RETRY_AFTER_SECONDS))


def _retry_after(value: str, now: datetime) -> float | None:
    """Seconds, from a number of them or from a date (RFC 9110, 10.2.3); None where it says nothing."""
    if re.fullmatch(r"[0-9]{1,9}", value.strip()):
        seconds = float(value)
    else:
        try:
            at = parsedate_to_datetime(value)
        except ValueError:
            return None
        seconds = ((at if at.tzinfo else at.replace(tzinfo=UTC)) - now).total_seconds()
    return min(max(seconds, 1.0), MAX_RETRY_AFTER_SECONDS)
