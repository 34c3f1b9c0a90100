"""Between two requests of a passkey: the question goes out as JSON, its name waits in a cookie, the answer comes in a form."""

from flask import Response, request

from campaign.proving.questions import Question
from campaign.store.challenges import SECONDS
from campaign.web.protection import private

_COOKIE = "cs_challenge"


def asked(question: Question, *, https: bool) -> Response:
    """What the script of the page asks the browser, and the cookie that its answer needs."""
    response = Response(question.options, mimetype="application/json")
    response.set_cookie(
        _COOKIE, question.name, max_age=SECONDS, path="/desk", secure=https, httponly=True, samesite="Strict"
    )  # fmt: skip
    return private(response)


def answer() -> tuple[str, str]:
    """The name of the question, and what the browser answered."""
    return request.cookies.get(_COOKIE, ""), request.form.get("credential", "")


def answered(response: Response) -> Response:
    """The question is used up."""
    response.delete_cookie(_COOKIE, path="/desk")
    return response
