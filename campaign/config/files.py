"""Files of an installation: the templates, and what stands under DATA_DIR."""

import hashlib
import os
import tempfile
from pathlib import Path

_PACKAGE = Path(__file__).parents[1]
TEMPLATES = next(path for path in (_PACKAGE / "templates", _PACKAGE.parent / "templates") if path.is_dir())
"""The folder of the templates: inside the package once it is built into a wheel, beside it in a clone."""
SECRET_KEY_FILE = "secret_key"  # noqa: S105 - the name of a file
LOG_KEY_FILE = "log_key"
ADDRESS_FILE = "address"
"""In DATA_DIR while `countersign up` runs there: its process id, and the address of the site."""
MAX_SOCKET_PATH_BYTES = 100
"""Octets; the system takes 107 on Linux and 103 on macOS."""


def running_address(data_dir: Path) -> str:
    """The address of the site that `countersign up` runs in a folder; "" where it does not."""
    try:
        pid, _, address = (data_dir / ADDRESS_FILE).read_text(errors="replace").strip().partition(" ")
        os.kill(int(pid), 0)
    except (OSError, ValueError):
        return ""
    return address if pid != str(os.getpid()) else ""


def own_redis_socket(data_dir: Path) -> Path:
    """The socket of the Redis kept under `data_dir`: there, or in a private folder of this user where that path is too long."""
    socket = data_dir / "redis.sock"
    if len(os.fsencode(socket)) <= MAX_SOCKET_PATH_BYTES:
        return socket
    name = hashlib.sha256(os.fsencode(data_dir)).hexdigest()[:16]
    return Path(tempfile.gettempdir()) / f"countersign-{os.getuid()}-{name}" / "redis.sock"
