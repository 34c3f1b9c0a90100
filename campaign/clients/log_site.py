"""Client of a published log: the files of any site that runs Countersign, read by HTTP."""

import requests

MAX_BYTES = 32 * 1024 * 1024
"""Octets of one answer; a full bundle has a hundred thousand, the history of ten years two million."""
TIMEOUT_SECONDS = 30.0


class SiteUnreachableError(Exception):
    """The site does not answer, or answers that something is broken; `str()` is one line."""


class SiteClient:
    """Connection to one site."""

    def __init__(self, address: str) -> None:
        self._address = address.rstrip("/")
        self._session = requests.Session()
        self._session.headers["User-Agent"] = "countersign-verify/1"

    def get(self, path: str) -> bytes | None:
        """What the site has at a path; None where it has nothing there. Raises SiteUnreachableError."""
        try:
            with self._session.get(f"{self._address}/{path}", timeout=TIMEOUT_SECONDS, stream=True) as answer:
                if answer.status_code in (404, 410):
                    return None
                answer.raise_for_status()
                body = answer.raw.read(MAX_BYTES, decode_content=True)
        except (requests.RequestException, OSError) as error:
            raise SiteUnreachableError(f"{self._address}/{path}: {type(error).__name__}; try again later") from None
        return bytes(body)

    def close(self) -> None:
        """Give the connection back."""
        self._session.close()
