"""Profiles are folders."""

import shutil
from pathlib import Path

import pytest

from campaign.domain.campaigns.settings import RECIPIENT_KINDS
from campaign.runtime import Runtime
from campaign.services import submissions
from campaign.services.submissions import ProfileError, papers
from campaign.services.submissions.profiles import PROFILES_FOLDER
from campaign.web.desk.campaign_form_fields import RECIPIENT_KIND_LABELS
from tests.services.submissions.sample_petition import pdf_pages
from tests.support.factories import new_campaign

SENEDD = """
name = "Town meeting"
place = 1
accepts = "electronic"
accepts_words = "Whoever stands up is heard."

[[questions]]
name = "speaker"
label = "Who stands up"
default = "{{ contact }}"

[[papers]]
file = "speech"
title = "Speech"
words = "speech.txt"
part = "figures"
note = "Read slowly."

[[checks]]
rule = "said"
words = "Bring water."
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The profiles with one more."""
    profiles = tmp_path / "submission"
    shutil.copytree(PROFILES_FOLDER, profiles)
    (profiles / "town-meeting").mkdir()
    (profiles / "town-meeting" / "profile.toml").write_text(SENEDD)
    (profiles / "town-meeting" / "speech.txt").write_text("# {{ title }}\n\n{{ o.speaker }} says: {{ total|signatures }}.\n")
    return profiles


def test_adding_a_folder_adds_a_profile_with_its_papers(folder: Path, runtime: Runtime, tmp_path: Path) -> None:
    assert submissions.list_profiles(folder)[0].key == "town-meeting"
    found = submissions.get_profile("town-meeting", folder)
    campaign = new_campaign(runtime, contact="Mary Seacole")
    with runtime.snapshot() as connection:
        facts = submissions.gather_facts(runtime, connection, campaign.id, with_signed_versions=True)
        [paper] = papers.write_papers(runtime, connection, found, facts, {}, tmp_path)
    [page] = pdf_pages(tmp_path / paper.name)
    for said in ("Speech", "Read slowly.", "Save the village pond", "Mary Seacole says: 0 signatures.", "Page 1 of 1"):
        assert said in page
    assert [finding.words for finding in submissions.run_checks(found, facts, {})] == ["Bring water."]
    assert submissions.suggested_profile("commons", folder).key == "house-of-commons"


@pytest.mark.parametrize(
    ("was", "becomes", "wrong"),
    [
        ("place = 1", "plaice = 1", "plaice: Unexpected keyword argument"),
        ("place = 1", "", "place"),
        ('words = "speech.txt"', 'words = "sermon.txt"', "there is no template 'sermon.txt' for 'speech'"),
        ('label = "Who stands up"', "", "label"),
        ("[[papers]]", "[[papers", "profile.toml"),
        ('accepts = "electronic"', 'accepts = "shouting"', "accepts"),
        ('part = "figures"', 'part = "fireworks"', "part"),
        ('rule = "said"', 'rule = "sung"', "rule"),
        ('name = "speaker"', 'name = "speaker"\nkind = "aloud"', "kind"),
    ],
)  # fmt: skip
def test_a_folder_that_is_no_profile_is_refused_with_what_is_wrong(folder: Path, was: str, becomes: str, wrong: str) -> None:
    (folder / "town-meeting" / "profile.toml").write_text(SENEDD.replace(was, becomes, 1))
    with pytest.raises(ProfileError, match="town-meeting") as refused:
        submissions.list_profiles(folder)
    assert wrong in str(refused.value)


@pytest.mark.parametrize(
    ("kind", "key"),
    [("commons", "house-of-commons"), ("lords", "house-of-lords"), ("council", "council"), ("scotland", "scottish-parliament"),
     ("senedd", "senedd"), ("oireachtas", "oireachtas"), ("bundestag", "bundestag"), ("canada", "canada-commons"),
     ("australia", "australia-house"), ("new-zealand", "new-zealand-house"), ("minister", "minister"), ("company", "minister"),
     ("other", "minister")],
)  # fmt: skip
def test_each_kind_of_recipient_has_a_profile(kind: str, key: str) -> None:
    assert submissions.suggested_profile(kind).key == key
    assert kind in RECIPIENT_KINDS


def test_every_kind_of_recipient_can_be_chosen_and_is_known_to_a_profile_and_to_the_desk() -> None:
    assert {kind for profile in submissions.list_profiles() for kind in profile.recipient_kinds} == set(RECIPIENT_KINDS)
    assert {kind for kind, _ in RECIPIENT_KIND_LABELS} == set(RECIPIENT_KINDS)


def test_every_profile_says_what_it_accepts_why_it_lists_whom_and_where_its_rules_stand() -> None:
    found = submissions.list_profiles()
    assert [profile.key for profile in found] == [
        "house-of-commons", "house-of-lords", "council", "scottish-parliament", "senedd", "oireachtas", "bundestag",
        "canada-commons", "australia-house", "new-zealand-house", "minister", "uk-e-petition",
    ]  # fmt: skip
    for profile in found:
        assert profile.accepts_words
        assert profile.sources
        assert profile.listing is None or profile.listing.why
        if profile.accepts == "handwritten":
            assert "lectronic signatures" in profile.accepts_words
            # Whatever is not signed by hand says on each of its pages that it is no part of the petition.
            assert all(
                "not part of the formal petition" in paper.note or "ot to be attached to the petition" in paper.note
                for paper in profile.papers[2:]
            )
        elif profile.accepts == "online-only":
            assert not profile.papers
