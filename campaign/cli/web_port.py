"""Port of the web server: free, and claimed by one process.

The server's processes share their port (SO_REUSEPORT), and by that a second server would share it too, without a word: half of
all requests would be answered by a site that nobody thinks of.
"""

import errno
import socket
import sys
import time

import click

from campaign.config import Settings

_WAIT_SECONDS = 3.0
"""Longest wait for the processes of a server that was killed: they see it within half a second and end."""
_POLL_SECONDS = 0.1


def claim_port(settings: Settings) -> socket.socket | None:
    """Claim the port for this process and its children, for as long as the socket returned is open. None where the system
    itself refuses a second server. Raises click.ClickException where somebody has the port."""
    until = time.monotonic() + _WAIT_SECONDS
    while True:
        try:
            claim = _claim(settings)
            require_free_port(settings)
        except click.ClickException:
            if time.monotonic() > until:
                raise
            time.sleep(_POLL_SECONDS)
        else:
            return claim


def require_free_port(settings: Settings) -> None:
    """Raises click.ClickException where something listens at HOST and PORT, or they are not this machine's."""
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((settings.host, settings.port))
        except OSError as error:
            raise _refusal(settings, error.strerror) from None


def _claim(settings: Settings) -> socket.socket | None:
    if sys.platform != "linux":
        return None
    # An abstract socket address: atomic, without a file, and free again however its owner ends.
    claim = socket.socket(socket.AF_UNIX)
    try:
        claim.bind(f"\0countersign-web-{settings.host}-{settings.port}")
    except OSError as error:
        claim.close()
        raise _refusal(settings, "Address already in use" if error.errno == errno.EADDRINUSE else error.strerror) from None
    return claim


def _refusal(settings: Settings, reason: str | None) -> click.ClickException:
    return click.ClickException(
        f"PORT: cannot listen on {settings.host}:{settings.port} ({reason}); try PORT={settings.port + 1}"
    )
