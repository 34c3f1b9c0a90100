"""Download of a table of totals as CSV."""

import csv
import io
from collections.abc import Iterable, Sequence

from flask import Response

from campaign.formats.csv_write import neutralise_formula


def csv_response(name: str, header: Sequence[str], rows: Iterable[Sequence[object]]) -> Response:
    """File of this name, with a row of headings; no cell is a formula."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(header)
    # Sources, domains and names come from outside; none may become a formula in somebody's spreadsheet.
    writer.writerows([neutralise_formula(cell) if isinstance(cell, str) else cell for cell in row] for row in rows)
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(text.getvalue(), mimetype="text/csv", headers=headers)
