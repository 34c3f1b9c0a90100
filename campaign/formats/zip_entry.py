"""Entries of ZIP files that are the same whenever and wherever they are made."""

from zipfile import ZIP_DEFLATED, ZipInfo

_FIXED_TIME = (1980, 1, 1, 0, 0, 0)
"""The first time a ZIP can tell."""
_UNIX = 3


def zip_entry(path: str, method: int = ZIP_DEFLATED, *, level: int = 4) -> ZipInfo:
    """ZIP entry with permissions for its owner alone. `level` is that of zlib, 1 to 9."""
    made = ZipInfo(path, _FIXED_TIME)
    made.compress_type, made.create_system, made.external_attr = method, _UNIX, 0o100600 << 16
    # A file that is written bit by bit takes it from here alone; Python 3.13 has made it public, under this name too.
    made._compresslevel = level  # type: ignore[attr-defined]  # noqa: SLF001
    return made
