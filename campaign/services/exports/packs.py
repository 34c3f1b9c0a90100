"""Packs: a ZIP with a manifest, checksums and a README. One kind for a recipient, another for the campaigner.

A recipient's pack holds their papers and the list they may have (`services.submissions.supporter_list`), whatever columns or
filters an export has otherwise. A data pack holds the lists of the plan in every format and is for the campaign alone.
"""

from __future__ import annotations

import json
import shutil
import tempfile
from dataclasses import replace
from functools import lru_cache
from importlib.metadata import version
from itertools import islice
from typing import TYPE_CHECKING, Any, BinaryIO
from urllib.parse import urlsplit

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from campaign.config import TEMPLATES
from campaign.domain.common.formatting import format_moment, format_number, format_utc
from campaign.domain.exports.plan import ExportFormat
from campaign.formats.csv_write import write_csv
from campaign.formats.pack import CHECKSUMS, CHUNK_BYTES, MANIFEST, TOTAL_PROOF, PackWriter
from campaign.formats.row_batches import number_rows
from campaign.services.exports.lists import write_list
from campaign.services.log.total_proof import make_total_proof
from campaign.store.campaigns import campaigns
from campaign.store.exports import export_rows
from campaign.store.log import history
from campaign.store.log.total_proof import total_sequence

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path
    from types import ModuleType

    from sqlalchemy import Connection

    from campaign.domain.campaigns.campaign import Campaign
    from campaign.domain.exports.plan import ExportPlan
    from campaign.domain.log.total_proof import TotalProof
    from campaign.formats.row_batches import StoredRows
    from campaign.runtime import Runtime
    from campaign.services.exports.contents import Progress, Provenance
    from campaign.services.submissions.profiles import Listing

LIST_FORMATS = (ExportFormat.CSV, ExportFormat.CSV_EXCEL, ExportFormat.XLSX, ExportFormat.JSONL)
"""The lists in a data pack."""
README = "README.txt"
SUPPORTERS = "supporters.csv"
INTEGRITY, INTEGRITY_PAPER, INTEGRITY_SCRIPT = "integrity.json", "integrity.pdf", "integrity.py"
_FILE_NAMES = {ExportFormat.CSV_EXCEL: "signatures-for-excel.csv"}
_FORMAT_NOTES = {
    ExportFormat.CSV: "The signatures as CSV in UTF-8, for programs.",
    ExportFormat.CSV_EXCEL: "The same as CSV that Excel and other spreadsheets open with every letter intact.",
    ExportFormat.XLSX: "The same as an Excel workbook.",
    ExportFormat.JSONL: "The same as JSON, an object on each line, for programs.",
}
_MANIFEST_VERSION = 3
_ROWS_PER_BATCH = 2_000
_LISTED_NAMES = {
    ("all", False): "everybody who signed",
    ("all", True): "everybody who signed online",
    ("public", False): "those who chose that their name may be shown",
    ("public", True): "those who signed online and chose that their name may be shown",
}
"""Who is on a list, in words: by whose names are listed, and whether of those online alone."""


def submission_profiles() -> list[tuple[str, str]]:
    """The recipients a pack can be made for: key and name."""
    return [(profile.key, profile.name) for profile in _import_submissions().list_profiles() if profile.papers]


def write_recipient_pack(
    runtime: Runtime,
    connection: Connection,
    campaign: Campaign,
    plan: ExportPlan,
    out: BinaryIO,
    folder: Path,
    provenance: Provenance,
    progress: Progress,
) -> int:
    """Write the pack for `plan.profile`; returns how many signatures its list has.

    Raises InvalidInputError where the recipient takes no papers.
    """
    from campaign.services.submissions import papers  # noqa: PLC0415 - see `_import_submissions`

    submissions = _import_submissions()
    profile = submissions.get_profile(plan.profile)
    campaign = campaigns.get_by_id(connection, campaign.id)
    options = submissions.get_options(connection, campaign.id, profile)
    proof = prove_count(runtime, connection, campaign)
    facts = replace(submissions.gather_facts(runtime, connection, campaign.id, with_signed_versions=True), total_proof=proof)
    answers = submissions.answers_or_defaults(profile, facts, options)
    listed = submissions.supporter_list(connection, campaign, profile, answers)
    nobody = listed.nobody if listed else ""
    if nobody:
        # A file of headings alone helps nobody: the paper and the file for readers say why there is none.
        listed = None
    # Each name is printed once and stands in the list once.
    progress.begin(2 * listed.size if listed else 0)
    files: list[tuple[str, str]] = []
    with PackWriter(out) as pack:
        written = papers.write_papers(runtime, connection, profile, facts, options, folder, progress.add_rows)
        for paper, one in zip(profile.papers, written, strict=True):
            path = folder / one.name
            with pack.add(one.name) as part, path.open("rb") as printed:
                shutil.copyfileobj(printed, part, CHUNK_BYTES)
            path.unlink()
            files.append((one.name, f"{paper.title}: to be printed or sent. {paper.note}".strip()))
        if listed is not None:
            with pack.add(SUPPORTERS) as part:
                part.rows = listed.size
                columns = ("number", *listed.columns)
                # It is opened in Excel, which takes a list without the mark for another encoding.
                numbered = number_rows(_chunks(listed.rows), columns, progress.add_rows)
                write_csv(part, numbered, columns, for_spreadsheets=True)
            files.append(
                (SUPPORTERS, f"The list of supporters as the papers print it ({', '.join(columns)}), for Excel and the like.")
            )
        files += _add_integrity(runtime, connection, campaign, pack, folder)
        files += add_total_proof(pack, proof)
        count = format_number(campaign.signatures)
        values = {
            "recipient": profile.name, "count": count, "listed": None if listed is None else format_number(listed.size),
            "who": _listed_label(profile.listing, answers.get("listed", "")), "nobody": nobody,
        }  # fmt: skip
        add_readme(runtime, pack, campaign, "recipient.txt", files, provenance, {**values, **proof_values(proof)})
        pack.add_checksums()
        rows = 0 if listed is None else listed.size
        manifest = pack_manifest(connection, campaign, provenance, proof, kind="recipient", listed=rows)
        pack.finish({**manifest, "profile": profile.key, "columns": [] if listed is None else ["number", *listed.columns]})
    return rows


def write_data_pack(
    runtime: Runtime,
    connection: Connection,
    campaign: Campaign,
    plan: ExportPlan,
    out: BinaryIO,
    folder: Path,
    provenance: Provenance,
    progress: Progress,
) -> int:
    """Write the pack with the lists of a plan, for the campaigner; returns how many signatures are in each."""
    rows = export_rows.count_rows(connection, campaign.id, plan)
    progress.begin(rows * len(LIST_FORMATS))
    # As the ledger has it at this moment: the manifest tells of no other.
    campaign = campaigns.get_by_id(connection, campaign.id)
    proof = prove_count(runtime, connection, campaign)
    files: list[tuple[str, str]] = []
    with PackWriter(out) as pack:
        for kind in LIST_FORMATS:
            name = _FILE_NAMES.get(kind, f"signatures.{kind.suffix}")
            with pack.add(name) as part:
                part.rows = rows
                if kind is ExportFormat.XLSX:
                    with tempfile.TemporaryFile(dir=folder) as whole:
                        write_list(connection, campaign, plan, kind, whole, progress.add_rows)
                        whole.seek(0)
                        shutil.copyfileobj(whole, part, CHUNK_BYTES)
                else:
                    write_list(connection, campaign, plan, kind, part, progress.add_rows)
            files.append((name, _FORMAT_NOTES[kind]))
        files += _add_integrity(runtime, connection, campaign, pack, folder)
        files += add_total_proof(pack, proof)
        values = {
            "count": format_number(campaign.signatures), "listed": format_number(rows), "columns": ", ".join(plan.columns),
        }  # fmt: skip
        add_readme(runtime, pack, campaign, "data.txt", files, provenance, {**values, **proof_values(proof)})
        pack.add_checksums()
        manifest = pack_manifest(connection, campaign, provenance, proof, kind="data", listed=rows)
        pack.finish({**manifest, "columns": list(plan.columns), "filters": plan.applied_filters, "order": plan.order.value})
    return rows


def _listed_label(listing: Listing | None, names: str) -> str:
    """Who is on the list of a pack, in words; "" where there is none."""
    return _LISTED_NAMES.get((names, listing.online_only), "") if listing is not None else ""


def _add_integrity(
    runtime: Runtime, connection: Connection, campaign: Campaign, pack: PackWriter, folder: Path
) -> list[tuple[str, str]]:
    """Add the integrity report: as data, as a paper, and the program that works its figures out again."""
    from campaign.services.submissions import integrity  # noqa: PLC0415 - see `_import_submissions`

    report = integrity.gather_integrity(connection, campaign)
    with pack.add(INTEGRITY) as part:
        part.write((json.dumps(report, ensure_ascii=False, indent=2) + "\n").encode())
    path = folder / INTEGRITY_PAPER
    with path.open("wb") as out:
        integrity.write_integrity_paper(runtime, campaign, report, out)
    with pack.add(INTEGRITY_PAPER) as part, path.open("rb") as printed:
        shutil.copyfileobj(printed, part, CHUNK_BYTES)
    path.unlink()
    with pack.add(INTEGRITY_SCRIPT) as part:
        part.write((TEMPLATES / "pack" / INTEGRITY_SCRIPT).read_bytes())
    return [
        (INTEGRITY_PAPER, "What the numbers show of how it was signed, and what they cannot show: two pages."),
        (
            INTEGRITY,
            "The same for programs: amounts and figures. Beside the count and removals, none of people below 5.",
        ),
        (INTEGRITY_SCRIPT, "A program in Python that works the figures out again: python3 integrity.py"),
    ]


def prove_count(runtime: Runtime, connection: Connection, campaign: Campaign) -> TotalProof | None:
    """The proof of a campaign's count, at the moment the connection sees; None where the log does not have it yet."""
    return make_total_proof(runtime, campaign.id, total_sequence(connection, campaign))


def add_total_proof(pack: PackWriter, proof: TotalProof | None) -> list[tuple[str, str]]:
    """Add the proof of the count, where there is one."""
    if proof is None:
        return []
    with pack.add(TOTAL_PROOF) as part:
        part.write(proof.serialise().encode())
    return [(TOTAL_PROOF, "The proof that the public log of the site says the same count, to be checked without a network.")]


def proof_values(proof: TotalProof | None) -> dict[str, Any]:
    """What the words of a README tell of the proof."""
    return {"proof": None if proof is None else proof.verify()}


def add_readme(
    runtime: Runtime, pack: PackWriter, campaign: Campaign, template: str, files: Sequence[tuple[str, str]],
    provenance: Provenance, values: Mapping[str, Any],
) -> None:  # fmt: skip
    """Add the README of a pack: what it is, what each file is, how to check it."""
    listed = [
        *files,
        (CHECKSUMS, "The SHA-256 of each file, to check them with."),
        (MANIFEST, "The same for programs, with the count, the size of the ledger, and when and by whom the pack was made."),
    ]
    text = _environment().get_template(template).render(
        title=campaign.text.title, as_of=format_moment(provenance.made_at, campaign.zone), files=listed,
        address=runtime.tokens.absolute_url(f"/c/{campaign.slug}"), sequence=campaign.sequence,
        stamped_by=urlsplit(runtime.settings.tsa_url).hostname or "", **values,
    )  # fmt: skip
    with pack.add(README) as part:
        part.write(text.encode())


def pack_manifest(
    connection: Connection, campaign: Campaign, provenance: Provenance, proof: TotalProof | None, *, kind: str, listed: int
) -> dict[str, Any]:
    """The facts of a manifest that are alike in every kind of pack."""
    end, certified = export_rows.ledger_end(connection, campaign.id), history.certified_total(connection, campaign.id)
    return {
        "manifest": _MANIFEST_VERSION,
        "kind": kind,
        "campaign": campaign.slug,
        "title": campaign.text.title,
        "text_hash": campaign.text.hash,
        "count": campaign.signatures,
        "listed": listed,
        "ledger": {"size": end.entries, "total": end.total, "as_of": format_utc(end.as_of) if end.as_of else None},
        "certified": {"total": certified.total, "ledger_entries": certified.sequence} if certified else None,
        "log": {"campaign": proof.verify().entry.campaign} if proof else None,
        "made_at": format_utc(provenance.made_at),
        "made_by": provenance.made_by,
        "program": f"countersign {version('countersign')}",
    }


def _chunks(rows: Iterator[tuple[str, ...]]) -> Iterator[StoredRows]:
    while chunk := list(islice(rows, _ROWS_PER_BATCH)):
        yield chunk


@lru_cache(maxsize=1)
def _environment() -> Environment:
    # Plain text: there is no markup to be escaped for.
    loader = FileSystemLoader(TEMPLATES / "pack")
    return Environment(loader=loader, undefined=StrictUndefined, trim_blocks=True, keep_trailing_newline=True, autoescape=False)  # noqa: S701


def _import_submissions() -> ModuleType:
    """What sets papers, read when the first are set: a list alone is written in two thirds of the memory without it."""
    from campaign.services import submissions  # noqa: PLC0415 - at the top it would be read for every list too

    return submissions
