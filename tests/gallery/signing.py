"""Pages for whoever signs: the form and its mistakes, links, thanks, one's own signature, and all of it too late."""

from datetime import timedelta

from campaign import closing, moderation
from campaign.domain.actor import COMMAND_LINE
from campaign.domain.removal import Removal
from tests.gallery.person import Person
from tests.gallery.place import Place
from tests.gallery.walls import Gallery
from tests.gallery.words import LONG_ADDRESS, LONG_WORD


def signing(gallery: Gallery, place: Place) -> None:
    wrong = {
        "name": "",
        "email": "zoe@",
        "country": "GB",
        "postcode": "SW1A",
        "comment": "It matters.\n\nTo me.",
        "public": "1",
    }
    gallery.add(
        "campaign, form with mistakes", place, "/c/pond/signatures", form=wrong, status=422, example="There is a problem"
    )
    changed = Person(place, "pond").form | {"text": "0" * 64}
    gallery.add(
        "campaign, text changed meanwhile",
        place,
        "/c/pond/signatures",
        form=changed,
        status=422,
        example="changed while you were",
    )
    for slug, state in (("lido", "scheduled"), ("market", "paused")):
        gallery.add(f"signing, {state}", place, f"/c/{slug}/signatures", form=Person(place, slug).form, status=409)
    zoe = Person(place, "pond", comment="My mother was a nurse.\nIt matters.").sign()
    after = "/c/pond/check-your-email"
    gallery.add("check your email", place, after)
    gallery.add("check your email, in the browser that signed", place, after, cookies=zoe.cookies(after))
    typo = Person(place, "pond", "Gmial User", email="zoe@gmial.com").sign()
    gallery.add("check your email, mistyped", place, after, cookies=typo.cookies(after), example="gmail.com")
    gallery.add("verify", place, zoe.verify_path, example="Zoë Brontë-O’Neill")
    gallery.add("my signature, pending", place, zoe.manage_path, example="Zoë Brontë-O’Neill")
    twice = Person(place, "pond", "Ty Po").sign(name="Tie Poe").sign()
    gallery.add("verify, details corrected meanwhile", place, twice.verify_path, form={"edition": "1"}, status=409)


def after_signing(gallery: Gallery, place: Place) -> None:
    ida = Person(place, "pond", "Ida Rhodes", comment="For the frogs.", public="1", updates="1").sign().verify()
    gallery.add("verify, again", place, ida.verify_path)
    gallery.add("thanks", place, "/c/pond/thanks", cookies=ida.cookies("/c/pond/thanks"), example="Thank you")
    gallery.add("my signature, verified", place, ida.manage_path)
    gallery.add("my signature, saved", place, f"{ida.manage_path}?saved=1")
    joan = Person(place, "pond", "Joan Clarke").sign().verify()
    joan.post(joan.manage_path, action="withdraw")
    gallery.add("my signature, withdrawn", place, joan.manage_path)
    gallery.add("thanks, no longer counted", place, "/c/pond/thanks", cookies=joan.cookies("/c/pond/thanks"))
    gallery.add("link, of a withdrawn signature", place, joan.verify_path, status=410)
    rude = Person(place, "pond", "Rude Person").sign().verify()
    moderation.invalidate(place.runtime, COMMAND_LINE, rude.id, Removal.PROGRAM, "Not a name")
    gallery.add("my signature, invalidated", place, rude.manage_path)


def ended(gallery: Gallery, place: Place) -> None:
    with place.earlier(days=1):
        place.campaign("hall", title=LONG_WORD, ask=LONG_ADDRESS, goals=(2, 10), left=timedelta(hours=23))
        for name in ("Ada Lovelace", "Grace Hopper"):
            Person(place, "hall", name).sign().verify()
    gallery.add("campaign, closed", place, "/c/hall")
    gallery.add("signing, closed", place, "/c/hall/signatures", form=Person(place, "hall").form, status=409)
    with place.earlier(days=40):
        green = place.campaign("green", goals=(2, 10))
        ada = Person(place, "green", "Ada Lovelace").sign().verify()
        forgotten = Person(place, "green", "For Gotten").sign()
        number, forgotten_path = forgotten.id, forgotten.manage_path
    place.settle()
    closing.finalise(place.runtime, green.id)
    closing.forget_unverified(place.runtime)
    assert not place.scalar("SELECT count(*) FROM signatures WHERE id = :id", id=number)
    gallery.add("campaign, final", place, "/c/green")
    gallery.add("signing, final", place, "/c/green/signatures", form=Person(place, "green").form, status=409)
    gallery.add("my signature, campaign final", place, ada.manage_path)
    gallery.add("my signature, forgotten", place, forgotten_path, status=410)
    gone = place.campaign("gone")
    ben = Person(place, "gone", "Ben Nevis").sign().verify()
    place.change(
        "UPDATE campaigns SET taken_down_at = :at, revision = revision + 1 WHERE id = :id", at=place.runtime.now(), id=gone.id
    )
    gallery.add("campaign, taken down", place, "/c/gone", status=410)
    gallery.add("my signature, campaign taken down", place, ben.manage_path)


def too_late(gallery: Gallery, place: Place) -> None:
    with place.earlier(days=3):
        place.campaign("late", left=timedelta(hours=1))
        late = Person(place, "late", "Late Comer").sign()
    gallery.add("link, after the grace", place, late.verify_path, status=409)
