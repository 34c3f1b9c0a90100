"""Pages of signatories: the form and its mistakes, links, thanks, one's own signature, and all of it too late."""

from datetime import timedelta

from campaign.domain.accounts.actor import COMMAND_LINE
from campaign.domain.campaigns.next_step import NextStep, NextStepKind
from campaign.domain.moderation.removal import RemovalKind
from campaign.services.ledger import finalise
from campaign.services.moderation import removals
from campaign.services.signatures import comments
from tests.page_states.page_catalogue import PageCatalogue
from tests.page_states.sample_texts import LONG_URL, LONG_WORD
from tests.page_states.signatory import Signatory
from tests.page_states.site import Site


def add_signing(catalogue: PageCatalogue, site: Site) -> None:
    wrong = {
        "name": "",
        "email": "zoe@",
        "country": "GB",
        "postcode": "SW1A",
        "comment": "It matters.\n\nTo me.",
        "public": "1",
    }
    catalogue.add(
        "campaign, form with mistakes", site, "/c/pond/signatures", form=wrong, status=422, example="There is a problem"
    )
    changed = Signatory(site, "pond").form | {"text": "0" * 64}
    catalogue.add(
        "campaign, text changed meanwhile",
        site,
        "/c/pond/signatures",
        form=changed,
        status=422,
        example="changed while you were",
    )
    for slug, state in (("lido", "scheduled"), ("market", "paused")):
        catalogue.add(f"signing, {state}", site, f"/c/{slug}/signatures", form=Signatory(site, slug).form, status=409)
    zoe = Signatory(site, "pond", comment="My mother was a nurse.\nIt matters.").sign()
    after = "/c/pond/check-your-email"
    catalogue.add("check your email", site, after)
    catalogue.add("check your email, in the browser that signed", site, after, cookies=zoe.cookies(after))
    typo = Signatory(site, "pond", "Gmial User", email="zoe@gmial.com").sign()
    catalogue.add("check your email, mistyped", site, after, cookies=typo.cookies(after), example="gmail.com")
    catalogue.add("verify", site, zoe.verify_path, example="Zoë Brontë-O’Neill")
    catalogue.add("my signature, pending", site, zoe.manage_path, example="Zoë Brontë-O’Neill")
    twice = Signatory(site, "pond", "Ty Po").sign(name="Tie Poe").sign()
    catalogue.add("verify, details corrected", site, twice.verify_path, example="Tie Poe")


def add_after_signing(catalogue: PageCatalogue, site: Site) -> None:
    ida = Signatory(site, "pond", "Ida Rhodes", comment="For the frogs.", public="1", updates="1").sign().verify()
    ida.post(ida.manage_path, action="consents", comment="For the frogs.", public="1", updates="1")
    pond_id = int(site.query_scalar("SELECT id FROM campaigns WHERE slug = 'pond'"))
    comments.publish_comment(site.runtime, COMMAND_LINE, pond_id, ida.id, "For the frogs.")
    catalogue.add("campaign, with reasons", site, "/c/pond", example="For the frogs.")
    catalogue.add("verify, again", site, ida.verify_path)
    catalogue.add("thanks", site, "/c/pond/thanks", cookies=ida.cookies("/c/pond/thanks"), example="Thank you")
    kinds: tuple[NextStepKind, ...] = ("donate", "reason")
    for kind in kinds:
        slug = f"thanks-{kind}"
        step = NextStep(kind, "https://pond.example.org/give" if kind == "donate" else "")
        site.new_campaign(slug, next_step=step, next_step_text="Forty spades cost £180.", next_step_label="Give £5 for a spade")
        mary = Signatory(site, slug, "Mary Somerville").sign().verify()
        path = f"/c/{slug}/thanks"
        catalogue.add(f"thanks, next step {kind}", site, path, cookies=mary.cookies(path), example="Thank you")
    catalogue.add("my signature, verified", site, ida.manage_path)
    catalogue.add("my signature, saved", site, f"{ida.manage_path}?saved=1")
    name = {"action": "name", "name": "Somebody Else"}
    catalogue.add("my signature, another name", site, ida.manage_path, status=422, form=name, example="Somebody Else")
    comment = {"action": "consents", "comment": "Too long. " * 60}
    catalogue.add("my signature, a comment too long", site, ida.manage_path, status=422, form=comment, example="Too long.")
    joan = Signatory(site, "pond", "Joan Clarke").sign().verify()
    joan.post(joan.manage_path, action="withdraw")
    catalogue.add("my signature, withdrawn", site, joan.manage_path)
    catalogue.add("thanks, no longer counted", site, "/c/pond/thanks", cookies=joan.cookies("/c/pond/thanks"))
    catalogue.add("link, of a withdrawn signature", site, joan.verify_path, status=410)
    rude = Signatory(site, "pond", "Rude Person").sign().verify()
    removals.invalidate_signature(site.runtime, COMMAND_LINE, rude.id, RemovalKind.PROGRAM, "Not a name")
    catalogue.add("my signature, invalidated", site, rude.manage_path)


def add_ended(catalogue: PageCatalogue, site: Site) -> None:
    with site.clock_set_back(days=1):
        site.new_campaign("hall", title=LONG_WORD, ask=LONG_URL, goals=(2, 10), left=timedelta(hours=23))
        for name in ("Ada Lovelace", "Grace Hopper"):
            Signatory(site, "hall", name).sign().verify()
    catalogue.add("campaign, closed", site, "/c/hall")
    catalogue.add("signing, closed", site, "/c/hall/signatures", form=Signatory(site, "hall").form, status=409)
    with site.clock_set_back(days=40):
        green = site.new_campaign("green", goals=(2, 10))
        ada = Signatory(site, "green", "Ada Lovelace").sign().verify()
        forgotten = Signatory(site, "green", "For Gotten").sign()
        number, forgotten_path = forgotten.id, forgotten.manage_path
    site.run_workers()
    finalise.finalise_campaign(site.runtime, green.id)
    finalise.delete_unverified(site.runtime)
    assert not site.query_scalar("SELECT count(*) FROM signatures WHERE id = :id", id=number)
    catalogue.add("campaign, final", site, "/c/green")
    catalogue.add("signing, final", site, "/c/green/signatures", form=Signatory(site, "green").form, status=409)
    catalogue.add("my signature, campaign final", site, ada.manage_path)
    catalogue.add("my signature, forgotten", site, forgotten_path, status=410)
    gone = site.new_campaign("gone")
    ben = Signatory(site, "gone", "Ben Nevis").sign().verify()
    site.execute_sql(
        "UPDATE campaigns SET taken_down_at = :at, revision = revision + 1 WHERE id = :id", at=site.runtime.now(), id=gone.id
    )
    catalogue.add("campaign, taken down", site, "/c/gone", status=410)
    catalogue.add("my signature, campaign taken down", site, ben.manage_path)


def add_after_grace(catalogue: PageCatalogue, site: Site) -> None:
    with site.clock_set_back(days=3):
        site.new_campaign("late", left=timedelta(hours=1))
        late = Signatory(site, "late", "Late Comer").sign()
    catalogue.add("link, after the grace", site, late.verify_path, status=409)
