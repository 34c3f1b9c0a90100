"""Download of a table of totals as CSV."""

import csv
import io
from collections.abc import Iterable, Sequence

from flask import Response

from campaign.web.desk.access import DeskContext


def csv_response(context: DeskContext, name: str, header: Sequence[str], rows: Iterable[Sequence[object]]) -> Response:
    """File named after the campaign and `name`, with a row of headings; no cell is a formula."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(header)
    # Sources and domains come from outside; none may become a formula in somebody's spreadsheet.
    writer.writerows([f"'{cell}" if isinstance(cell, str) and cell[:1] in "=+-@\t\r" and cell else cell for cell in row]
                     for row in rows)  # fmt: skip
    headers = {"Content-Disposition": f'attachment; filename="{context.campaign.slug}-{name}.csv"'}
    return Response(text.getvalue(), mimetype="text/csv", headers=headers)
