"""Redirection after a form that was taken: to the page that comes next."""

from flask import Response

from campaign.web.language import localised_path


def see_other(path: str) -> Response:
    """Redirection (303) to a path on this site, in the language that was chosen.

    It has no body: no browser shows the words that Flask would write there, and they take as long as all else in the answer.
    """
    return Response(status=303, headers={"Location": localised_path(path)})
