"""The file of a sample: those who were drawn and nobody else, and what anybody needs to draw them again."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, BinaryIO

from campaign.config import TEMPLATES
from campaign.domain.common.formatting import format_day, format_number
from campaign.formats.csv_write import write_csv
from campaign.formats.pack import PackWriter
from campaign.formats.row_batches import number_rows
from campaign.services.exports.packs import add_readme, add_total_proof, pack_manifest, proof_values, prove_count
from campaign.services.exports.samples import drawn_signatures
from campaign.store.campaigns import campaigns
from campaign.store.log.read import campaign_name
from campaign.store.submissions import samples
from campaign.store.submissions.samples import SampledSignature

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from campaign.domain.campaigns.campaign import Campaign
    from campaign.domain.exports.plan import ExportPlan
    from campaign.runtime import Runtime
    from campaign.services.exports.contents import Progress, Provenance

SAMPLE_LIST, DRAW, DRAW_SCRIPT = "sample.csv", "draw.json", "draw.py"
_GONE = SampledSignature("", "", "", "", None, counted=False)
_NO_LONGER_COUNTED = "no longer counted"


def write_sample(
    runtime: Runtime, connection: Connection, campaign: Campaign, plan: ExportPlan, out: BinaryIO, provenance: Provenance,
    progress: Progress,
) -> int:  # fmt: skip
    """Write the file of a sample that was drawn; returns how many signatures are in it. Raises LookupError."""
    sample = samples.get(connection, plan.sample)
    if sample is None or sample.campaign_id != campaign.id:
        raise LookupError("there is no such sample")
    progress.begin(sample.drawn)
    campaign = campaigns.get_by_id(connection, campaign.id)
    drawn = drawn_signatures(connection, sample)
    found = samples.sampled_signatures(connection, [signature_id for _, signature_id in drawn])
    columns = ("number", "sequence", "name", "postcode", "country", "kind",
               "signed_on", "note")  # fmt: skip
    rows = []
    for sequence, signature_id in drawn:
        one = found.get(signature_id, _GONE)
        day = "" if one.signed_at is None else f"{one.signed_at.astimezone(campaign.zone):%Y-%m-%d}"
        note = "" if one.counted else _NO_LONGER_COUNTED
        rows.append((str(sequence), one.name, one.postcode, one.country, one.kind, day, note))
    claim = {
        "campaign": campaign_name(connection, campaign.id) or campaign.slug, "seed": sample.seed, "size": sample.size,
        "population": sample.population, "ledger_entries": sample.sequence, "sequences": [sequence for sequence, _ in drawn],
    }  # fmt: skip
    files = [
        (SAMPLE_LIST, "The signatures that were drawn, in the order of the draw, each with its entry of the public ledger."),
        (DRAW, "The words, and the entries that they draw."),
        (DRAW_SCRIPT, "A program in Python that draws the sample again from the public log."),
    ]  # fmt: skip
    values = {
        "drawn": format_number(sample.drawn), "population": format_number(sample.population), "seed": sample.seed,
        "site": runtime.tokens.absolute_url("").rstrip("/"),
        "drawn_on": format_day(sample.created_at, campaign.zone),
    }  # fmt: skip
    proof = prove_count(runtime, connection, campaign)
    with PackWriter(out) as pack:
        with pack.add(SAMPLE_LIST) as part:
            part.rows = len(rows)
            write_csv(part, number_rows([rows], columns, progress.add_rows), columns, for_spreadsheets=True)
        with pack.add(DRAW) as part:
            part.write((json.dumps(claim, ensure_ascii=False, indent=1) + "\n").encode())
        with pack.add(DRAW_SCRIPT) as part:
            part.write((TEMPLATES / "pack" / DRAW_SCRIPT).read_bytes())
        files += add_total_proof(pack, proof)
        add_readme(runtime, pack, campaign, "sample.txt", files, provenance, {**values, **proof_values(proof)})
        pack.add_checksums()
        manifest = pack_manifest(connection, campaign, provenance, proof, kind="sample", listed=len(rows))
        pack.finish({**manifest, "seed": sample.seed, "population": sample.population, "columns": list(columns)})
    return len(rows)
