"""Pages by which one comes to the desk, one's own account, and the team."""

from datetime import timedelta

from campaign.domain.role import Role
from campaign.store import entrances, halves, invitations, passkeys, people
from campaign.store.halves import Half
from tests.gallery.colleague import Colleague
from tests.gallery.office import Office
from tests.gallery.words import LONG_WORD


def entrance(office: Office) -> None:
    """Signing in, by every way."""
    place, runtime = office.place, office.place.runtime
    office.show("sign in", "/sign-in?next=%2Fdesk%2Fc%2Fvillage-pond%2F")
    office.show("sign in, signed out", "/sign-in", cookies={"cs_said": runtime.links.said("good:You are signed out.")})
    office.show("sign in, a mistyped address", "/sign-in", form={"email": "mary@"}, status=422)
    office.show("sign in, other ways", "/sign-in/other")
    office.show("sign in, a wrong password", "/sign-in/password", form={"address": "a@b.example", "password": "x"}, status=422)
    office.show("sign in, check your email", "/check-your-email")
    ida = Colleague(place, "Ida Rhodes")
    now, key = runtime.now(), runtime.token()
    with runtime.transaction() as connection:
        stranger = people.add(connection, "new@campaign.example", "new@campaign.example", "", now)
        assert stranger is not None
        first = entrances.add(connection, key, stranger, now, now + timedelta(days=1))
        again = entrances.add(connection, key, ida.id, now, now + timedelta(days=1))
        asked = ("invited@campaign.example", "invited@campaign.example")
        pond, to_site = (
            invitations.add(connection, key, campaign, role, asked, ida.id, now, now + timedelta(days=14))
            for campaign, role in ((office.pond.id, Role.EDITOR), (None, None))
        )
    link, invitation = runtime.links.entrance_token, runtime.links.invitation_token
    office.show("enter, for the first time", f"/enter/{link(first, key)}")
    office.show("enter, without a name", f"/enter/{link(first, key)}", form={"name": ""}, status=422)
    office.show("enter", f"/enter/{link(again, key)}")
    office.show("enter, a link that is over", "/enter/nothing", status=410)
    office.show("invitation", f"/invitation/{invitation(pond, key)}")
    office.show("invitation, to the site", f"/invitation/{invitation(to_site, key)}")
    office.show("invitation, without a name", f"/invitation/{invitation(pond, key)}", form={"name": ""}, status=422)
    office.show("invitation, over", "/invitation/nothing", status=410)
    cookie = runtime.token()
    runtime.ask_redis(lambda redis: halves.keep(redis, cookie, Half(ida.id, "/desk/", "link")))
    office.show("sign in, a code", "/sign-in/code", cookies={"cs_half": cookie})


def account(office: Office) -> None:
    """One's own account, and the proofs of who one is."""
    newcomer = Colleague(office.place, "Nel Newcomer")
    office.add("no campaigns", "/", newcomer)
    office.show("campaigns", "/", cookies=office.owner.told("The campaign is published."))
    office.add("not there", "/nowhere", status=404)
    office.add("not one’s own", "/c/village-pond/team/invite", office.viewer, email="", status=403)
    office.show("from another site", "/account/name", form={"name": "x", "csrf": "x"}, cookies=newcomer.cookies, status=403)
    office.show("signed out meanwhile", "/account/name", form={"name": "x"}, status=401)
    with office.place.runtime.transaction() as connection:
        for name in ("Laptop", LONG_WORD[:60]):
            passkeys.add(connection, office.owner.id, office.place.runtime.token(), b"key", 0, name, office.place.runtime.now())
    office.owner.of_some_time_ago()
    office.add("account", "/account")
    office.add("account, without a name", "/account/name", status=422, name="")
    office.add("address", "/account/address")
    office.add("address, mistyped", "/account/address", status=422, email="mary@")
    later = (office.place.runtime.now() + timedelta(days=1)).isoformat()
    seal, own = office.place.runtime.sealer.seal, f"{later} {office.owner.email}"
    office.add("address, a new one", f"/account/address/{seal(office.owner.id, f'new@campaign.example {own}')}")
    office.add("address, a link that is over", "/account/address/nothing", status=410)
    office.add("password", "/account/password")
    office.add("password, too short", "/account/password", status=422, password="x")
    office.add("passkeys", "/account/passkeys")
    office.add("passkeys, none", "/account/passkeys", newcomer)
    office.add("passkeys, without a name", "/account/passkeys/1/name", status=422, name="")
    office.add("second factor", "/account/second-factor", newcomer)
    office.add("second factor, a wrong code", "/account/second-factor", newcomer, status=422, code="000000")
    office.show("confirm", "/confirm?next=%2Fdesk%2Faccount", cookies=office.owner.of_some_time_ago())
    careful = Colleague(office.place, "Cass Careful")
    office.place.change(
        "UPDATE campaigners SET totp_secret = :sealed WHERE id = :id",
        sealed=office.place.runtime.sealer.seal(careful.id, "JBSWY3DPEHPK3PXP" * 2), id=careful.id,
    )  # fmt: skip
    office.add("second factor, set up", "/account/second-factor", careful)
    office.add("recovery codes", "/account/second-factor/recovery-codes", careful, kind="new")
    office.add("confirm, a wrong code", "/confirm/code", careful, status=422, code="000000")


def team(office: Office) -> None:
    """Who is in the team of a campaign."""
    office.add("team", "/c/village-pond/team")
    office.add("team, as a viewer", "/c/village-pond/team", office.viewer)
    office.add("team, a mistyped address", "/c/village-pond/team/invite", status=422, email="x@", role="")
    office.add("team, long words", "/c/long-words/team")
