"""Style sheets, scripts and fonts: few requests, few octets, kept for ever."""

import gzip
import re
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from campaign.web.assets import CROSS_ORIGIN_FILES, Assets, install_assets
from campaign.web.assets import blueprint as assets_blueprint

GZIP = {"Accept-Encoding": "br, gzip;q=0.8"}
CSS_BUDGET, FONT_BUDGET = 8 * 1024, 25 * 1024


def site(assets: Assets) -> FlaskClient:
    """A site that serves nothing but assets."""
    app = Flask(__name__, static_folder=None)
    install_assets(app, assets)
    app.register_blueprint(assets_blueprint)
    return app.test_client()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder of assets of every kind."""
    for name, text in {
        "css/20-last.css": 'a { background: url("fonts/ours.woff2"); color: red; }',
        "css/10-first.css": "/* first */ b { color: blue; }",
        "js/20-last.js": "(() => { last(); })()",
        "js/10-first.js": "const first = () => {}",
        "js/embed.js": "embed()",
        "fonts/ours.woff2": "font",
        "fonts/README.md": "not for readers",
        "alone.css": "i { color: green; }",
        "icon.svg": "<svg/>" * 50,
    }.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text)
    return tmp_path


def test_all_style_sheets_and_all_scripts_come_as_one_file_each_in_the_order_of_their_names(folder: Path) -> None:
    client = site(Assets(folder))
    sheet, script = client.get("/static/site.css").text, client.get("/static/site.js").text
    assert sheet.index("b{") < sheet.index("a{")
    assert "const first=()=>{};\n(()=>" in script
    assert "embed()" not in script
    assert "green" not in sheet
    assert client.get("/static/alone.css").text == "i{color:green}"


def test_a_style_sheet_names_fonts_by_their_content(folder: Path) -> None:
    assets = Assets(folder)
    sheet = site(assets).get("/static/site.css").text
    assert f'url("{assets.url("fonts/ours.woff2")}")' in sheet
    (folder / "fonts/ours.woff2").write_text("another font")
    again = Assets(folder)
    assert again.url("fonts/ours.woff2") != assets.url("fonts/ours.woff2")
    assert again.url("site.css") != assets.url("site.css")


def test_a_style_sheet_that_names_what_is_not_there_is_found_at_start(folder: Path) -> None:
    (folder / "css/30-wrong.css").write_text('a { background: url("nowhere.svg"); }')
    with pytest.raises(KeyError, match=r"nowhere\.svg"):
        Assets(folder)


@pytest.mark.parametrize("name", ["css/10-first.css", "js/10-first.js", "fonts/README.md", "../app.py"])
def test_what_is_no_asset_is_not_served(folder: Path, name: str) -> None:
    assert site(Assets(folder)).get(f"/static/{name}").status_code == 404


def test_text_comes_compressed_to_who_takes_that(folder: Path) -> None:
    client = site(Assets(folder))
    plain, small = client.get("/static/icon.svg"), client.get("/static/icon.svg", headers=GZIP)
    assert "Content-Encoding" not in plain.headers
    assert small.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(small.data) == plain.data
    assert plain.headers["Vary"] == small.headers["Vary"] == "Accept-Encoding"
    refused = client.get("/static/icon.svg", headers={"Accept-Encoding": "gzip;q=0"})
    assert refused.data == plain.data


def test_each_encoding_has_a_tag_of_its_own(folder: Path) -> None:
    client = site(Assets(folder))
    plain, small = client.get("/static/icon.svg"), client.get("/static/icon.svg", headers=GZIP)
    assert plain.headers["ETag"] != small.headers["ETag"]
    known = {"If-None-Match": small.headers["ETag"]}
    assert client.get("/static/icon.svg", headers=GZIP | known).status_code == 304
    assert client.get("/static/icon.svg", headers=known).status_code == 200


def test_a_font_is_sent_as_it_is(folder: Path) -> None:
    font = site(Assets(folder)).get("/static/fonts/ours.woff2", headers=GZIP)
    assert (font.data, font.mimetype) == (b"font", "font/woff2")
    assert "Content-Encoding" not in font.headers


def test_an_address_with_a_version_is_kept_for_ever_and_one_without_is_asked_for_again(folder: Path) -> None:
    assets = Assets(folder)
    client = site(assets)
    assert "immutable" in client.get(assets.url("site.css")).headers["Cache-Control"]
    assert client.get("/static/site.css").headers["Cache-Control"] == "public, max-age=300"
    assert client.get("/static/site.css?v=older").headers["Cache-Control"] == "public, max-age=300"


def test_a_frame_without_an_origin_may_load_all_but_what_is_of_the_desk(folder: Path) -> None:
    client = site(Assets(folder))
    for name in ("embed.js", "site.js", "site.css"):
        headers = client.get(f"/static/{name}").headers
        assert (headers["Cross-Origin-Resource-Policy"], headers["Access-Control-Allow-Origin"]) == ("cross-origin", "*")
    assert "Cross-Origin-Resource-Policy" not in client.get("/static/desk.js").headers


def test_a_style_sheet_gets_smaller_and_says_the_same(folder: Path) -> None:
    (folder / "css/10-first.css").write_text("""
    /* A "comment" with 'quotes'. */
    .a  .b > :first-child:not(.c)::after , a:hover {
      content: "  /* not a comment */  ; } ";
      margin: calc(1rem + 2px) auto ;
    }
    @media (min-width: 10rem) and (min-height: 2rem) { b { inset: 0 ; } }
    """)
    assert (
        site(Assets(folder))
        .get("/static/site.css")
        .text.startswith(
            '.a .b>:first-child:not(.c)::after,a:hover{content:"  /* not a comment */  ; } ";margin:calc(1rem + 2px) auto}'
            "@media (min-width:10rem) and (min-height:2rem){b{inset:0}}"
        )
    )


def test_a_script_gets_smaller_and_says_the_same(folder: Path) -> None:
    (folder / "js/10-first.js").write_text("""
    // A comment.
    const words = `two
      lines // and no comment`, path = /\\/[/"]/g;
    """)
    script = site(Assets(folder)).get("/static/site.js").text
    assert script.startswith('const words=`two\n      lines // and no comment`,path=/\\/[/"]/g')


def test_our_own_are_within_their_budget() -> None:
    client = site(Assets())
    sheet = client.get("/static/site.css", headers=GZIP)
    assert len(sheet.data) <= CSS_BUDGET
    text = gzip.decompress(sheet.data).decode()
    fonts = [client.get(address) for address in re.findall(r'url\("(/static/fonts/[^"]+)"\)', text)]
    assert len(fonts) == 2
    assert all(font.status_code == 200 for font in fonts)
    # A page in English fetches one of the two.
    assert min(len(font.data) for font in fonts) + max(len(font.data) for font in fonts) <= FONT_BUDGET + 2 * 1024
    for name in CROSS_ORIGIN_FILES:
        assert client.get(f"/static/{name}").status_code == 200
