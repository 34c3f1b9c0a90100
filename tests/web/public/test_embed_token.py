"""Forms from elsewhere: the widget's is taken while its token is good; any other comes back with all that was typed,
and is sent by one press more. No form is lost by it, and none is stored without a page of ours having been seen."""

import re
from collections.abc import Callable, Mapping

import pytest

from campaign.runtime import Runtime
from campaign.web.public.embed_token import EMBED_TOKEN_HOURS
from tests.support.caches import expire_campaigns
from tests.support.compile_cache import make_app
from tests.support.factories import ManualClock, new_campaign
from tests.support.queries import query_scalar
from tests.support.signatory import Signatory

SIGN = "/c/save-the-pond/signatures"
OURS = "https://sign.example.org"
FROM_OUR_PAGES: tuple[Mapping[str, str], ...] = (
    {}, {"Origin": OURS}, {"Sec-Fetch-Site": "same-origin", "Origin": OURS}, {"Sec-Fetch-Site": "none"},
    {"Sec-Fetch-Site": "same-origin", "Origin": "null"},
)  # fmt: skip
OPAQUE: tuple[Mapping[str, str], ...] = ({"Sec-Fetch-Site": "cross-site", "Origin": "null"}, {"Origin": "null"})
FOREIGN: tuple[Mapping[str, str], ...] = (
    {"Sec-Fetch-Site": "cross-site", "Origin": "https://elsewhere.example"}, {"Origin": "https://elsewhere.example"},
    {"Sec-Fetch-Site": "same-site", "Origin": "https://www.example.org"},
)  # fmt: skip


def stored(runtime: Runtime) -> int:
    return int(query_scalar(runtime, "SELECT count(*) FROM signatures"))


def tokens(page: str) -> list[str]:
    return re.findall(r'name="embed" value="([^"]+)"', page)


@pytest.fixture
def ada(runtime: Runtime, signatory: Callable[..., Signatory]) -> Signatory:
    new_campaign(runtime)
    return signatory()


def widget_token(ada: Signatory, path: str = "/c/save-the-pond/embed") -> str:
    expire_campaigns()
    (token,) = tokens(ada.browser.get(path).text)
    return token


def test_our_own_pages_carry_no_token_and_need_none(ada: Signatory, runtime: Runtime) -> None:
    assert tokens(ada.browser.get("/c/save-the-pond").text) == []
    for headers in FROM_OUR_PAGES:
        assert ada.browser.post(SIGN, data=ada.form(), headers=headers).status_code == 303, headers
    assert stored(runtime) == 1


@pytest.mark.parametrize("headers", [*FROM_OUR_PAGES, *OPAQUE])
def test_the_widget_signs_with_its_token(ada: Signatory, runtime: Runtime, headers: Mapping[str, str]) -> None:
    answer = ada.browser.post(SIGN, data=ada.form(embed=widget_token(ada)), headers=headers)
    assert answer.status_code == 303
    assert stored(runtime) == 1


@pytest.mark.parametrize("headers", [*OPAQUE, *FOREIGN])
@pytest.mark.parametrize("embed", [None, "", "x", "save-the-pond.490000.forged", "\x00", "é" * 300])
def test_a_form_from_elsewhere_comes_back_with_what_was_typed(
    ada: Signatory, runtime: Runtime, headers: Mapping[str, str], embed: str | None
) -> None:
    form = ada.form(updates="1", source="leaflet") | ({} if embed is None else {"embed": embed})
    answer = ada.browser.post(SIGN, data=form, headers=headers)
    assert answer.status_code == 422
    assert stored(runtime) == 0
    assert "Set-Cookie" not in answer.headers
    assert "Nothing is signed yet" in answer.text
    for typed in ('value="Ada Lovelace"', 'value="ada@example.org"', 'value="sw1a1aa"', 'name="source" value="leaflet"'):
        assert typed in answer.text
    # One press more, on our page; from a browser that keeps its origin to itself too.
    (token,) = tokens(answer.text)
    assert ada.browser.post(SIGN, data=ada.form(embed=token), headers=OPAQUE[-1]).status_code == 303
    assert stored(runtime) == 1


@pytest.mark.parametrize("headers", FOREIGN)
def test_another_site_cannot_use_a_token_it_has_fetched(ada: Signatory, runtime: Runtime, headers: Mapping[str, str]) -> None:
    assert ada.browser.post(SIGN, data=ada.form(embed=widget_token(ada)), headers=headers).status_code == 422
    assert stored(runtime) == 0


def test_a_token_is_good_for_its_campaign_and_some_hours(ada: Signatory, runtime: Runtime, now: ManualClock) -> None:
    new_campaign(runtime, slug="save-the-mill", title="Save the mill")
    other = widget_token(ada, "/c/save-the-mill/embed")
    assert ada.browser.post(SIGN, data=ada.form(embed=other)).status_code == 422
    token = widget_token(ada)
    now.advance(hours=EMBED_TOKEN_HOURS)
    assert ada.browser.post(SIGN, data=ada.form(embed=token)).status_code == 303
    now.advance(hours=1)
    answer = ada.browser.post(SIGN, data=ada.form(embed=token))
    assert answer.status_code == 422
    assert ada.browser.post(SIGN, data=ada.form(embed=tokens(answer.text)[0])).status_code == 303
    # Of the future: a clock that was put back.
    later = tokens(answer.text)[0]
    now.advance(hours=-1)
    assert ada.browser.post(SIGN, data=ada.form(embed=later)).status_code == 422


def test_the_widget_stays_the_same_for_everybody(ada: Signatory, runtime: Runtime) -> None:
    here, elsewhere = ada.browser.get("/c/save-the-pond/embed"), make_app(runtime).test_client().get("/c/save-the-pond/embed")
    assert here.text == elsewhere.text
    assert "public" in here.headers["Cache-Control"]
    assert "Set-Cookie" not in here.headers


def test_what_is_wrong_in_the_form_is_said_beside_it(ada: Signatory, runtime: Runtime) -> None:
    answer = ada.browser.post(SIGN, data=ada.form(name=""), headers=FOREIGN[0])
    assert answer.status_code == 422
    assert "Nothing is signed yet" in answer.text
    assert 'href="#name"' in answer.text
    assert stored(runtime) == 0
