"""Documents of many pages, read back from the PDF."""

import io
import subprocess
import sys
from collections.abc import Callable

import pypdfium2
import pytest
from pypdfium2.raw import FPDF_PAGEOBJ_PATH

from campaign.rendering.document import Document, blank_table_height
from campaign.rendering.line_breaking import Span, break_lines
from campaign.rendering.pages import HEIGHT, MM, HeaderFooter
from campaign.rendering.tables import Column, TableStyle

BINDING = HeaderFooter(
    "Supporters: Save the pond", "Save the pond", "Supporters", warning="Provisional", footer="sign.example.org"
)
BOTTOM = 22 * MM
"""Where the text of a page ends."""
LIST = (Column("No.", 1, right_aligned=True), Column("Name", 4), Column("Postcode", 1.5))


def drawn(write: Callable[[Document], object], binding: HeaderFooter = BINDING) -> bytes:
    out = io.BytesIO()
    document = Document(out, binding)
    write(document)
    document.finish()
    return out.getvalue()


def pages(body: bytes) -> list[str]:
    document = pypdfium2.PdfDocument(body)
    return [" ".join(page.get_textpage().get_text_range().split()) for page in document]


def test_each_page_says_what_it_is_of_and_which_of_how_many() -> None:
    found = pages(drawn(lambda document: [document.paragraph("The pond is old. " * 60) for _ in range(12)]))
    assert len(found) > 2
    for number, page in enumerate(found, 1):
        assert page.startswith("Save the pond Supporters Provisional")
        assert page.endswith(f"Page {number} of {len(found)} sign.example.org")


def test_a_programme_is_told_title_and_language() -> None:
    document = pypdfium2.PdfDocument(drawn(lambda document: document.heading("Pond")))
    assert document.get_metadata_dict()["Title"] == "Supporters: Save the pond"
    assert b"/Lang (en)" in drawn(lambda document: document.heading("Pond"))


def test_markdown_is_set_as_blocks_in_the_order_it_is_read() -> None:
    text = """# Why

It is **old** and *loved*: [the story](https://example.org/pond).

- frogs
- a **heron**
  1. in spring

> said the miller

\\# no heading, <b>no HTML</b>, ![a picture](https://example.org/p.png)"""
    [page] = pages(drawn(lambda document: document.markdown(text)))
    assert (
        "Why It is old and loved: the story (https://example.org/pond). • frogs • a heron 1. in spring said the miller "
        "# no heading, <b>no HTML</b>, a picture Page 1 of 1"
    ) in page


def test_words_of_any_script_stay_within_their_column_and_none_is_lost() -> None:
    for text in (
        "The pond " * 50,
        "W" * 300,
        "拯救村里的池塘，" * 30,
        "أنقذوا بركة القرية " * 30,
        "https://example.org/" + "a-b/" * 80,
    ):
        found = break_lines([Span(text[:40], "bold"), Span(text[40:])], 30)
        assert len(found.lines) > 3
        # Where bold begins in the middle of a word its letters do not join, which makes it a hair wider.
        assert all(found.place_line(line)[1] <= 30.1 for line in found.lines)
        kept = "".join(segment.text for line in found.lines for segment in line)
        assert kept.replace(" ", "") == text.replace(" ", "")


def test_no_line_of_chinese_begins_with_a_full_stop() -> None:
    found = break_lines([Span("拯救村里的池塘。" * 20)], 8)
    assert not any(line[0].text.startswith("。") for line in found.lines)


def test_a_long_list_repeats_its_head_fills_columns_downwards_and_keeps_every_row() -> None:
    rows = [(f"{number:,}", f"Name {number}" if number % 50 else "李小龍", "SW1A 1AA") for number in range(1, 501)]
    written: list[int] = []
    body = drawn(lambda document: written.append(document.table(LIST, rows, TableStyle(8.5, 11.5, 2, ruled=False))))
    found = pages(body)
    assert written == [500]
    assert all(page.count("No. Name Postcode") == 2 for page in found[:-1])
    assert " ".join(found).count("SW1A 1AA") == 500
    said = " ".join(found)
    places = [said.index(f" {number} {name} SW1A 1AA") for number, name, _ in rows]
    assert places == sorted(places)


def test_a_name_too_long_for_its_column_goes_on_below_and_is_never_cut() -> None:
    name = "Wolfeschlegelsteinhausenbergerdorff " * 3
    [page] = pages(drawn(lambda document: document.table(LIST, [("1", name.strip(), "SW1A 1AA"), ("2", "Ada", "")])))
    assert page.count("Wolfeschlegelsteinhausenbergerdorff") == 3
    assert page.index("2 Ada") > page.rindex("Wolfe")


def test_the_same_words_are_the_same_bytes_and_only_used_letters_are_in_them() -> None:
    def write(document: Document) -> None:
        document.heading("李小龍 김민수 محمد")
        document.table(LIST, [("1", "山田太郎", "")])

    body = drawn(write)
    assert body == drawn(write)
    # The whole font would be 3.4 MB.
    assert len(body) < 60_000


MANY = """
import resource, sys
from campaign.rendering.document import Document, blank_table_height
from campaign.rendering.pages import HEIGHT, MM, HeaderFooter
from campaign.rendering.tables import Column, TableStyle
with open(sys.argv[1], "wb") as out:
    document = Document(out, HeaderFooter("t", "h", "s"))
    rows = ((f"{n:,}", f"Ada Lovelace {n}", "SW1A 1AA") for n in range(1, int(sys.argv[2]) + 1))
    columns = [Column("No.", 1.3, right_aligned=True), Column("Name", 4), Column("From", 1.5)]
    document.table(columns, rows, TableStyle(8.5, 11.5, 2, False))
    print(document.finish(), resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024)
"""


def test_memory_hardly_grows_with_a_list(tmp_path_factory: pytest.TempPathFactory) -> None:
    folder = tmp_path_factory.mktemp("many")

    def drawn_in_a_process(rows: int) -> list[int]:
        command = [sys.executable, "-c", MANY, str(folder / "many.pdf"), str(rows)]
        return [int(word) for word in subprocess.run(command, check=True, capture_output=True, text=True).stdout.split()]

    (few, least), (many, most) = drawn_in_a_process(1_000), drawn_in_a_process(40_000)
    assert many > 30 * few
    assert most - least < 30, "megabytes"
    assert (folder / "many.pdf").stat().st_size < 2_000_000


def test_who_draws_no_chinese_does_not_open_its_font() -> None:
    command = """
from campaign.rendering.shaping import shape_line
shape_line("Ada Lovelace, Πέτρος, محمد", "text")
maps = open("/proc/self/maps").read()
assert "DejaVuSans.ttf" in maps and "DroidSansFallback" not in maps and "HanaMin" not in maps
shape_line("李小龍", "text")
maps = open("/proc/self/maps").read()
assert "DroidSansFallback" in maps and "HanaMin" not in maps
"""
    if not sys.platform.startswith("linux"):
        pytest.skip("only Linux tells what a process has mapped")
    subprocess.run([sys.executable, "-c", command], check=True)


def test_letters_of_every_plane_can_be_copied_out_of_a_paper() -> None:
    """𠮷 is U+20BB7, 𞤀 is U+1E900: a reader that takes four digits of them finds others."""
    (words,) = pages(drawn(lambda document: document.paragraph("𠮷田 太郎, 𣘺本, 𞤀𞤣𞤢𞤥, Zoë")))
    assert [letter for letter in "𠮷田太郎𣘺本Zoë" if letter not in words] == []
    assert {*"𞤀𞤣𞤢𞤥"} <= {*words}


@pytest.mark.parametrize("kind", ["rows", "rows to be signed", "words"])
def test_a_heading_stands_on_the_page_of_what_it_is_over_however_full_that_is(kind: str) -> None:
    def write(document: Document, lines: int) -> None:
        for _ in range(lines):
            document.paragraph("The pond is old.")
        if kind == "rows":
            document.heading("Figures", 2)
            document.table((Column("What", 1), Column("Amount", 1)), [("Signatures", "7")] * 9)
        elif kind == "rows to be signed":
            document.markdown("## Figures", room_after=blank_table_height(5, 40))
            document.blank_table((Column("What", 1), Column("Amount", 1)), 5, 40)
        else:
            document.heading("Figures", 2)
            document.paragraph("What is the Amount? " * 40)

    for lines in range(20, 45):
        found = [page for page in pages(drawn(lambda document, lines=lines: write(document, lines))) if "Figures" in page]
        assert ["Amount" in page for page in found] == [True], lines


def test_a_rule_of_the_markdown_is_drawn_where_the_text_of_a_page_is() -> None:
    # Also as the first of a document, and where no room is left on a page.
    document = pypdfium2.PdfDocument(drawn(lambda document: document.markdown("***\n\n" * 60 + "The end.")))
    found = [[line.get_bounds() for line in page.get_objects(filter=[FPDF_PAGEOBJ_PATH])] for page in document]
    assert [len(lines) for lines in found] == [41, 21], "one beneath the head of each page, and sixty"
    for lines in found:
        assert all(BOTTOM < bottom < HEIGHT for _, bottom, _, _ in lines)
