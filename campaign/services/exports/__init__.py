"""Exports: asked for at the desk, made by a worker, kept encrypted for a week; or written at once by the command line.

`request` is what a campaigner does, `build` what a worker does for them, `contents` what is in a file (`lists` and `packs`). It
stands above the other use cases, since a pack holds the papers of a submission.
"""

from campaign.services.exports.contents import Provenance, file_name, record_export, write_export
from campaign.services.exports.packs import submission_profiles
from campaign.services.exports.request import (
    FILE_LIFETIME,
    MAX_LISTED,
    ExportGoneError,
    cancel_export,
    delete_export,
    download_export,
    download_size,
    get_export,
    list_exports,
    pack_timestamps_of,
    request_export,
    request_sample,
    restart_export,
)

__all__ = [
    "FILE_LIFETIME",
    "MAX_LISTED",
    "ExportGoneError",
    "Provenance",
    "cancel_export",
    "delete_export",
    "download_export",
    "download_size",
    "file_name",
    "get_export",
    "list_exports",
    "pack_timestamps_of",
    "record_export",
    "request_export",
    "request_sample",
    "restart_export",
    "submission_profiles",
    "write_export",
]
