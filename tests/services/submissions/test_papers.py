"""The papers themselves: what each recipient gets, page by page."""

import io
from datetime import date
from pathlib import Path

import pypdfium2
import pytest

from campaign.domain.accounts.actor import COMMAND_LINE
from campaign.domain.common.invalid_input import InvalidInputError
from campaign.domain.paper.entry import PaperEntry
from campaign.domain.paper.paper_text import UNKNOWN_PAPER_TEXT, PaperText
from campaign.runtime import Runtime
from campaign.services import submissions
from campaign.services.campaigns import edit
from campaign.services.ledger import count, finalise
from campaign.services.paper import import_list, sheets, type_in, validate
from campaign.services.paper.validate import ReadOptions
from campaign.services.submissions import unprintable
from tests.services.submissions.sample_petition import SIGNATORY_NAMES, add_signatures, papers_text, pdf_pages, write_papers
from tests.support.factories import ManualClock, new_campaign
from tests.support.located_signatures import sign_from_postcodes
from tests.support.stored_signatures import store_signatures

ANNEX = "This annex is not part of the formal petition."
TAKING = [profile.key for profile in submissions.list_profiles() if profile.papers]


def test_the_house_of_commons_gets_a_petition_in_its_frame_and_an_annex_that_says_what_it_is(
    runtime: Runtime, tmp_path: Path
) -> None:
    campaign = new_campaign(runtime, recipient_kind="commons", contact="Mary Seacole, 1 Mill Street")
    add_signatures(runtime, campaign)
    written = write_papers(runtime, campaign, "house-of-commons", tmp_path, request="urges the Government to keep the pond",
                    member="Jo Cox MP")  # fmt: skip
    folder = tmp_path / "house-of-commons"
    [sheet] = pdf_pages(folder / "2-petition-top-sheet.pdf")
    frame = ("To the House of Commons.", "The petition of residents of the United Kingdom,",
             "Declares that it is old. It is loved.",
             "The petitioners therefore request that the House of Commons urges the Government to keep the pond.",
             "And the petitioners remain, etc.", "Name", "Address with postcode", "Signature")  # fmt: skip
    places = [sheet.index(part) for part in frame]
    assert places == sorted(places)
    assert ANNEX not in sheet
    [letter] = pdf_pages(folder / "1-letter-to-the-mp.pdf")
    assert "Dear Jo Cox MP," in letter
    assert "Electronic signatures are not accepted by the House" in letter
    annex = [page for path in folder.glob("*annex*.pdf") for page in pdf_pages(path)]
    assert len(annex) >= 4
    assert all(ANNEX in page for page in annex)
    assert [paper.rows for paper in written] == [0, 0, 0, 0, 0, 3 * len(SIGNATORY_NAMES)]


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
@pytest.mark.parametrize("key", TAKING)
def test_every_page_says_which_of_how_many_it_is_and_that_it_is_provisional(runtime: Runtime, tmp_path: Path, key: str) -> None:
    campaign = new_campaign(runtime)
    add_signatures(runtime, campaign)
    profile = submissions.get_profile(key)
    for paper, written in zip(profile.papers, write_papers(runtime, campaign, key, tmp_path), strict=True):
        pages = pdf_pages(tmp_path / key / written.name)
        assert len(pages) == written.pages
        for number, page in enumerate(pages, 1):
            assert (f"Seite {number} von" if profile.language == "de" else f"Page {number} of {written.pages}") in page
            if paper.plain:
                # Nothing but the petition stands on it.
                assert not any(said in page for said in ("as of", "sign.example.org", "2026", "http", "www."))
                continue
            assert (
                "Stand: 23. November 2026" in page if profile.language == "de" else "as of 23 November 2026 at noon GMT" in page
            )
            assert "Save the village pond" in page
            provisional = "Provisional, as of" in page or "Vorläufig, Stand" in page
            assert provisional == (paper.part != "signatures")


def test_once_the_total_is_certified_nothing_is_provisional(runtime: Runtime, tmp_path: Path, now: ManualClock) -> None:
    campaign = new_campaign(runtime)
    add_signatures(runtime, campaign)
    now.advance(days=32)
    assert finalise.finalise_campaign(runtime, campaign.id)
    write_papers(runtime, campaign, "minister", tmp_path)
    said = papers_text(tmp_path / "minister")
    assert "rovisional" not in said
    assert "The total was certified on 25 December 2026" in said


def test_the_list_names_everybody_as_they_wrote_it_in_any_script_and_nobody_can_add_to_it(
    runtime: Runtime, tmp_path: Path
) -> None:
    campaign = new_campaign(runtime)
    add_signatures(runtime, campaign, times=1)
    write_papers(runtime, campaign, "scottish-parliament", tmp_path)
    listed = " ".join(pdf_pages(tmp_path / "scottish-parliament" / "6-supporters.pdf"))
    close = listed.replace(" ", "")
    for name in SIGNATORY_NAMES:
        for word in name.split():
            assert word in close, name
    # Latin, Greek, Cyrillic, Chinese and Korean names stand in one piece, in the order of signing, with what belongs to them.
    assert "1 Ada Lovelace SW1A 1AA United Kingdom 2 Siân Ŵyn Jones OX1 1AA United Kingdom 3 Łukasz Żak France 4" in listed
    assert "8 李小龍 OX1 1AA" in listed
    assert "@example.org" not in papers_text(tmp_path / "scottish-parliament")


def test_a_company_gets_public_names_alone_and_fewer_where_the_campaigner_wants_it(runtime: Runtime, tmp_path: Path) -> None:
    campaign = new_campaign(runtime, recipient_kind="company")
    add_signatures(runtime, campaign, ["Ada Public", "Bea Private"], times=2)
    (tmp_path / "less").mkdir()
    assert write_papers(runtime, campaign, "minister", tmp_path)[-1].rows == 2
    said = papers_text(tmp_path / "minister")
    assert "2 names of 4 verified signatures." in said
    assert "Ada Public" in said
    assert "Bea Private" not in said
    assert "SW1A" not in said
    assert write_papers(runtime, campaign, "minister", tmp_path / "less", listed="none")[-1].rows == 0
    assert "Ada Public" not in papers_text(tmp_path / "less" / "minister")
    (tmp_path / "more").mkdir()
    # A profile allows what it allows, whatever is in the options.
    assert write_papers(runtime, campaign, "minister", tmp_path / "more", listed="all")[-1].rows == 2


def test_each_version_of_the_text_stands_with_its_hash_and_its_signatures(
    runtime: Runtime, tmp_path: Path, now: ManualClock
) -> None:
    campaign = new_campaign(runtime, ask="Keep the pond, the **old** one.")
    add_signatures(runtime, campaign, ["Ada"], times=2)
    now.advance(days=1)
    opened = edit.open_for_edit(runtime, campaign.id)
    said_now = {**edit.page_texts(opened.campaign.versions[0]), "ask": "Keep the pond and its heron."}
    edit.change_texts(runtime, COMMAND_LINE, campaign.id, opened.revision, "en", said_now, reason="The heron asked for it.")
    changed = edit.open_for_edit(runtime, campaign.id).campaign
    add_signatures(runtime, changed, ["Grace"], times=1, first_number=100)
    write_papers(runtime, campaign, "council", tmp_path)
    said = papers_text(tmp_path / "council")
    pages = pdf_pages(tmp_path / "council" / "3-text-as-signed.pdf")
    assert any(campaign.text.hash in page and "Signatures under it 2" in page for page in pages)
    assert any(
        changed.text.hash in page and "The heron asked for it." in page and "Signatures under it 1" in page for page in pages
    )
    assert "Keep the pond, the old one." in said
    assert f"{campaign.text.hash} 2" in " ".join(pdf_pages(tmp_path / "council" / "4-method.pdf"))


def test_small_numbers_of_areas_are_not_told(runtime: Runtime, tmp_path: Path) -> None:
    campaign = new_campaign(runtime)
    add_signatures(runtime, campaign, ["Ada"], times=27)
    add_signatures(runtime, campaign, ["Bea"], times=2, places=[("ZE1 0AA", "GB")], first_number=100)
    write_papers(runtime, campaign, "council", tmp_path)
    [page] = pdf_pages(tmp_path / "council" / "5-areas.pdf")
    assert "United Kingdom 20 France 9" in page
    assert "ZE" not in page
    # Shetland could be worked out from the only other one that is left.
    assert "No place has enough signatures to be told." in page


def test_the_same_data_gives_the_same_bytes(runtime: Runtime, tmp_path: Path, now: ManualClock) -> None:
    campaign = new_campaign(runtime)
    add_signatures(runtime, campaign)
    (tmp_path / "again").mkdir()
    write_papers(runtime, campaign, "house-of-lords", tmp_path)
    now.advance(hours=3)
    write_papers(runtime, campaign, "house-of-lords", tmp_path / "again")
    first, second = (sorted((place / "house-of-lords").iterdir()) for place in (tmp_path, tmp_path / "again"))
    assert [path.name for path in first] == [path.name for path in second]
    assert [path.read_bytes() for path in first] == [path.read_bytes() for path in second]


def test_what_somebody_types_into_a_letter_stays_what_they_typed(runtime: Runtime, tmp_path: Path) -> None:
    campaign = new_campaign(runtime, title="Save *the* [pond](http://evil.example) <b>{{ 7 * 7 }}</b>")
    write_papers(runtime, campaign, "minister", tmp_path, about="# Not a heading\n- not a list {{ 7 * 7 }}\n\nأنقذوا البركة",
          organiser="1. Mill Street\n2. Oxford")  # fmt: skip
    [letter] = pdf_pages(tmp_path / "minister" / "1-letter.pdf")
    assert "Save *the* [pond](http://evil.example) <b>{{ 7 * 7 }}</b>" in letter
    assert "# Not a heading - not a list {{ 7 * 7 }}" in letter
    assert "أنقذوا البركة" in letter
    assert "1. Mill Street 2. Oxford" in letter


@pytest.mark.parametrize(
    ("organiser", "contact", "said"),
    [
        ("Friends of the pond", "pond@example.org", "Friends of the pond pond@example.org"),
        ("Friends of the pond", "Friends of the pond, pond@example.org", "Friends of the pond, pond@example.org"),
        ("", "pond@example.org", "pond@example.org"),
    ],
)
def test_a_letter_names_its_organiser_above_their_contact(
    runtime: Runtime, tmp_path: Path, organiser: str, contact: str, said: str
) -> None:
    campaign = new_campaign(runtime, organiser=organiser, contact=contact)
    write_papers(runtime, campaign, "council", tmp_path)
    [letter] = pdf_pages(tmp_path / "council" / "1-letter.pdf")
    assert f"Contact {said} Page 1 of 1" in letter


def test_the_letter_to_an_mp_says_how_many_of_their_constituents_signed(runtime: Runtime, tmp_path: Path) -> None:
    campaign = new_campaign(runtime)
    sign_from_postcodes(runtime, campaign, {"N1 1AA": 6, "LS1 1AA": 2})
    for folder, constituency, said in (
        ("known", "islington south and finsbury", "6 of all who signed this campaign gave a postcode in islington south"),
        (
            "unknown",
            "Atlantis",
            "listed in an annex, which is not part of the formal petition. What is",
        ),
    ):
        (tmp_path / folder).mkdir()
        write_papers(runtime, campaign, "house-of-commons", tmp_path / folder, constituency=constituency)
        [letter] = pdf_pages(tmp_path / folder / "house-of-commons" / "1-letter-to-the-mp.pdf")
        assert said in letter
    # In the annex the two from elsewhere are too few to be told.
    [areas] = pdf_pages(tmp_path / "known" / "house-of-commons" / "5-annex-areas.pdf")
    assert "Leeds" not in areas


def test_papers_say_of_signatures_on_paper_no_more_than_is_known(runtime: Runtime, tmp_path: Path) -> None:
    campaign = new_campaign(runtime, recipient_kind="commons")
    add_signatures(runtime, campaign, ["Ada Online"], times=3)
    run = sheets.create_sheets(runtime, COMMAND_LINE, campaign, 1, 5, "commons", "en")
    assert run == 1
    for line, name in enumerate(("Bea Sheet", "Cy Sheet"), 1):
        type_in.type_in_line(runtime, COMMAND_LINE, campaign, 1, PaperEntry(line, name, "GB", "LS1 4AP"))
    type_in.type_in_line(runtime, COMMAND_LINE, campaign, None, PaperEntry(1, "Di Loose", "GB", "LS1 4AP"))
    [version] = validate.list_text_choices(runtime, campaign)
    known = PaperText(version, date(2026, 11, 22))
    for paper_text, name in ((known, "Eve List"), (UNKNOWN_PAPER_TEXT, "Fay List")):
        checked = validate.validate_list(
            runtime, campaign, io.BytesIO(f"Name,Postcode\n{name},LS1 4AP\n".encode()), ReadOptions(paper_text=paper_text)
        )
        import_list.import_validated(runtime, COMMAND_LINE, campaign, checked, label="list.csv")
    count.advance_ledgers(runtime)

    write_papers(runtime, campaign, "house-of-commons", tmp_path)
    folder = tmp_path / "house-of-commons"
    method = " ".join(pdf_pages(folder / "4-annex-method.pdf"))
    for said in (
        "3 signatures were given on the page", "5 signatures were given on paper, as the campaigners entered them",
        "By what the campaigners stated, paper was signed from 22 November 2026 on.",
        "2 on numbered sheets printed from this campaign", "1 on other paper, which by what the campaigners stated",
        "2 on paper of which it is not known which text it carried", f"{campaign.text.hash} 6", "On paper, text not known 2",
    ):  # fmt: skip
        assert said in method, said
    # Withdrawing by a link is told of those who were emailed one, and reading of nobody.
    assert "Those who signed online could withdraw" in method
    assert "read the whole text" not in method
    annex = " ".join(pdf_pages(folder / "6-annex-online-supporters.pdf"))
    assert "3 names of 3 verified signatures given online." in annex
    assert "Ada Online" in annex
    for name in ("Bea Sheet", "Di Loose", "Eve List", "Fay List"):
        assert name not in papers_text(folder)
    [letter] = pdf_pages(folder / "1-letter-to-the-mp.pdf")
    assert "Beside it, 3 signatures were given online." in letter


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
@pytest.mark.parametrize("key", TAKING)
@pytest.mark.parametrize("online", [0, 2])
def test_no_letter_encloses_or_speaks_of_a_list_that_is_not_there(
    runtime: Runtime, tmp_path: Path, key: str, online: int
) -> None:
    campaign = new_campaign(runtime)
    add_signatures(runtime, campaign, ["Ada"], times=online)
    profile = submissions.get_profile(key)
    write_papers(runtime, campaign, key, tmp_path, listed="none")
    said = papers_text(tmp_path / key)
    letter = " ".join(pdf_pages(next((tmp_path / key).glob("1-*.pdf"))))
    assert "list of supporters" not in letter
    assert "listed in an annex" not in letter
    assert ("No supporter is listed by name." in said) == any(paper.part == "supporters" for paper in profile.papers)
    assert "{" not in said


def test_the_letter_to_a_council_says_how_many_of_its_own_area_signed_and_how_many_are_needed(
    runtime: Runtime, tmp_path: Path
) -> None:
    campaign = new_campaign(runtime)
    sign_from_postcodes(runtime, campaign, {"N1 1AA": 6, "LS1 1AA": 2})
    for council, threshold, said in (
        ("Islington Council", "1,500", "in your area. As we know your scheme, 1,500 signatures are needed."),
        ("London Borough of Islington", "", "6 of these signatories gave a postcode in your area. Signatures were asked"),
        ("Leeds City Council", "20", "Fewer than 5 of these signatories gave a postcode in your area."),
        ("Otley Town Council", "20", "As we know your scheme, 20 signatures are needed."),
    ):  # fmt: skip
        folder = tmp_path / council.replace(" ", "")
        folder.mkdir()
        write_papers(runtime, campaign, "council", folder, council=council, threshold=threshold)
        [letter] = pdf_pages(folder / "council" / "1-letter.pdf")
        assert said in letter
        assert ("gave a postcode" in letter) == ("Otley" not in council)


def test_a_recipient_with_its_own_system_alone_takes_no_papers(runtime: Runtime, tmp_path: Path) -> None:
    with pytest.raises(InvalidInputError, match="takes no papers"):
        write_papers(runtime, new_campaign(runtime), "uk-e-petition", tmp_path)


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_names_that_cannot_be_printed_whole_are_counted_and_spelled(runtime: Runtime, tmp_path: Path) -> None:
    campaign = new_campaign(runtime)
    add_signatures(runtime, campaign, ["Ada Lovelace", "Li 𪛖", "อุษา ใจดี", "Wong 𪛕"], times=1)
    write_papers(runtime, campaign, "council", tmp_path)
    words = papers_text(tmp_path / "council")
    assert "2 names hold letters that no font of this paper has: numbers " in words
    assert "Li [U+2A6D6]" in words
    assert "Wong [U+2A6D5]" in words
    with runtime.reading() as connection:
        council = submissions.get_profile("council")
        found = unprintable.find_unprintable(connection, campaign, council, {"listed": "all"})
    assert len(found.numbers) == 2


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_headings_of_the_campaign_are_smaller_than_those_of_the_paper_and_rows_fill_the_page(
    runtime: Runtime, tmp_path: Path
) -> None:
    campaign = new_campaign(runtime, background="# Why now\n\nIt dries.\n\nAnd later\n===\n\n- one\n- two")
    with runtime.reading() as connection:
        facts = submissions.gather_facts(runtime, connection, campaign.id, with_signed_versions=True)
    [said] = [words for paper, words in submissions.editable_texts(submissions.get_profile("scottish-parliament"), facts, {})
              if paper.part == "signatures"]  # fmt: skip
    assert "### Why now" in said
    assert "### And later" in said
    assert "- one\n- two" in said
    # Where it runs on in a sentence of the frame, headings are left out, and items of lists are sentences.
    commons = submissions.get_profile("house-of-commons")
    assert submissions.answers_or_defaults(commons, facts, {})["reasons"] == "it dries. one. two"
    write_papers(runtime, campaign, "council", tmp_path)
    page = pypdfium2.PdfDocument(tmp_path / "council" / "2-petition.pdf")[0]
    lines = {round(obj.get_bounds()[1]) for obj in page.get_objects() if obj.type == pypdfium2.raw.FPDF_PAGEOBJ_PATH}
    assert len(lines) > 10


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    ("key", "begins", "sheet"),
    [
        ("senedd", "We call on the Senedd to urge the Welsh Government to keep the village pond.", "Signature · Llofnod"),
        ("oireachtas", "We ask the Houses of the Oireachtas to keep the village pond.", "Address with postcode"),
        ("bundestag", "Petition an den Deutschen Bundestag", "Name, Vorname"),
        ("canada-commons", "Petition to the House of Commons in Parliament assembled We, the undersigned", "Name (printed)"),
        ("australia-house", "To the Honourable the Speaker and the Members of the House", "We therefore ask the House"),
        ("new-zealand-house", "That the House of Representatives keep the village pond.", "people who signed on paper"),
    ],
)  # fmt: skip
def test_a_parliament_elsewhere_gets_its_petition_in_its_frame_and_only_names_it_takes(
    runtime: Runtime, tmp_path: Path, key: str, begins: str, sheet: str
) -> None:
    campaign = new_campaign(runtime, contact="Mary Seacole, 1 Mill Street")
    add_signatures(runtime, campaign, ["Ada Lovelace"], times=3)
    written = write_papers(runtime, campaign, key, tmp_path, request="keep the village pond", petitioner="Mary Seacole")
    petition = " ".join(pdf_pages(tmp_path / key / "2-petition.pdf"))
    assert begins in petition
    assert sheet in petition
    listing = submissions.get_profile(key).listing
    assert sum(paper.rows for paper in written) == (3 if listing else 0)
    assert ("Ada Lovelace" in papers_text(tmp_path / key)) == (listing is not None)
    [letter] = pdf_pages(next((tmp_path / key).glob("1-*.pdf")))
    assert ("3 signatures" in letter) or ("3 weitere Unterstützungen" in letter)


def test_a_list_by_surname_is_in_the_order_of_each_script(runtime: Runtime, tmp_path: Path) -> None:
    campaign = new_campaign(runtime)
    names = ["Zoë Abel", "Ann van der Berg", "Siân Ó Briain", "Bob O’Neill", "Олена Ґава", "Олена Дуб", "王小明", "李小龍"]
    # More than are read at once.
    store_signatures(runtime, campaign, [{"name": name} for name in list(reversed(names)) * 260])
    count.advance_ledgers(runtime)
    with runtime.snapshot() as connection:
        council = submissions.get_profile("council")
        listed = submissions.supporter_list(connection, campaign, council, {"listed": "all"})
        assert listed is not None
        found = [row[0] for row in listed.rows]
    in_order = ["Zoë Abel", "Siân Ó Briain", "Bob O’Neill", "Ann van der Berg", "Олена Ґава", "Олена Дуб", "李小龍", "王小明"]
    assert listed.size == len(found) == 260 * len(names)
    assert list(dict.fromkeys(found)) == in_order
    assert found == [name for name in in_order for _ in range(260)]


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
@pytest.mark.parametrize("key", [profile.key for profile in submissions.list_profiles() if profile.listing and profile.papers])
def test_no_heading_postcode_or_declaration_of_a_list_is_broken_over_two_lines(
    runtime: Runtime, tmp_path: Path, key: str
) -> None:
    campaign = new_campaign(runtime, eligibility="area", statement="I live, work or study in Anytown.")
    store_signatures(runtime, campaign, [{"public": True, "declaration": declared} for declared in (1, 0)])
    count.advance_ledgers(runtime)
    write_papers(runtime, campaign, key, tmp_path)
    [path] = (tmp_path / key).glob("*supporters*.pdf")
    document = pypdfium2.PdfDocument(path.read_bytes())
    lines = [line.strip() for page in document for line in page.get_textpage().get_text_range().splitlines()]
    headings = next(line for line in lines if line.startswith("No. Name"))
    expected = {"postcode": "SW1A 1AA", "declared": "not asked", "area": "London", "country": "United Kingdom"}
    listed = submissions.get_profile(key).listed_columns(campaign.eligibility)
    assert headings.split()[2:] == [{"area": "From"}.get(name, name.capitalize()) for name in listed]
    assert [name for name in listed if not any(expected[name] in line for line in lines)] == []


def test_a_contact_of_several_lines_reads_as_a_list_where_it_stands_in_one(runtime: Runtime, tmp_path: Path) -> None:
    campaign = new_campaign(runtime, recipient_kind="council")
    write_papers(runtime, campaign, "council", tmp_path, organiser="Mary Seacole\n1 Mill Street\n")
    assert "Organiser: Mary Seacole, 1 Mill Street" in papers_text(tmp_path / "council")
