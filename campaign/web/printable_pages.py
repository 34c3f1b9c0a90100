"""Printable pages: what was typed is shown again without what HTML has no way to write, on every page of the site."""

from urllib.parse import unquote

from flask import Flask, Response, request
from werkzeug.datastructures import ImmutableMultiDict

from campaign.domain.common.invisible_characters import NOT_IN_HTML


def register_printable_pages(app: Flask) -> None:
    """Take control characters out of the pages of `app`.

    A page is looked through, which takes a millisecond for each ten thousand letters, only where its request brought some.
    """

    @app.after_request
    def take_out(response: Response) -> Response:
        is_page = response.mimetype == "text/html" and not response.direct_passthrough and not response.content_encoding
        if is_page and not 300 <= response.status_code < 400 and _is_unprintable_typed():
            response.set_data(NOT_IN_HTML.sub("", response.get_data(as_text=True)))
        return response


def _is_unprintable_typed() -> bool:
    if request.query_string and NOT_IN_HTML.search(unquote(request.query_string.decode("ascii", "replace"))):
        return True
    # Only where a view has read it: nothing else can be on the page.
    form = request.form if "form" in request.__dict__ else ImmutableMultiDict[str, str]()
    return any(NOT_IN_HTML.search(text) for pair in form.items(multi=True) for text in pair)
