"""Redirection: after a form that was taken, and from an address that a campaign had to the one it has."""

from urllib.parse import quote

from flask import Response, redirect, request

from campaign.web.language import localised_path


def see_other(path: str) -> Response:
    """Redirection (303) to a path on this site, in the language that was chosen.

    It has no body: no browser shows the words that Flask would write there, and they take as long as all else in the answer.
    """
    return Response(status=303, headers={"Location": localised_path(path)})


def redirect_to_slug(slug: str, former_slug: str, code: int) -> Response:
    """Redirection to the same page at a campaign's present address, with `code`; a form is sent there again as it is (308)."""
    path = quote(request.path.replace(f"/c/{former_slug}", f"/c/{slug}", 1))
    query = request.query_string.decode("ascii", "replace")
    return redirect(f"{path}?{query}" if query else path, code if request.method in ("GET", "HEAD") else 308)  # type: ignore[return-value]
