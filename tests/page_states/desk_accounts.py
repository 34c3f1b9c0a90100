"""Pages by which one comes to the desk, one's own account, and the team."""

from datetime import timedelta

from campaign.domain.accounts.role import Role
from campaign.store.accounts import campaigners, credentials, invitations, login_links, organisation_teams, passkeys
from campaign.store.redis import pending_logins
from campaign.store.redis.pending_logins import PendingLogin
from tests.page_states.campaigner import Campaigner
from tests.page_states.desk_scenario import DeskScenario
from tests.page_states.sample_texts import LONG_WORD


def add_sign_in(desk: DeskScenario) -> None:
    """Signing in, by every way."""
    place, runtime = desk.site, desk.site.runtime
    desk.add_with_cookies("sign in", "/sign-in?next=%2Fdesk%2Fc%2Fvillage-pond%2F")
    desk.add_with_cookies(
        "sign in, signed out", "/sign-in", cookies={"cs_flash": runtime.tokens.flash_cookie("good:You are signed out.")}
    )
    desk.add_with_cookies("sign in, a mistyped address", "/sign-in", form={"email": "mary@"}, status=422)
    desk.add_with_cookies("sign in, other ways", "/sign-in/other")
    desk.add_with_cookies(
        "sign in, a wrong password", "/sign-in/password", form={"address": "a@b.example", "password": "x"}, status=422
    )
    desk.add_with_cookies("sign in, check your email", "/check-your-email")
    ida = Campaigner(place, "Ida Rhodes")
    now, key = runtime.now(), runtime.random_token()
    with runtime.transaction() as connection:
        stranger = campaigners.add_campaigner(connection, "new@campaign.example", "new@campaign.example", "", now)
        assert stranger is not None
        first = login_links.add_login_link(connection, key, stranger, now, now + timedelta(days=1))
        again = login_links.add_login_link(connection, key, ida.id, now, now + timedelta(days=1))
        asked = ("invited@campaign.example", "invited@campaign.example")
        pond, to_site = (
            invitations.add_invitation(connection, key, campaign, role, asked, ida.id, now, now + timedelta(days=14))
            for campaign, role in ((desk.pond.id, Role.EDITOR), (None, None))
        )
    link, invitation = runtime.tokens.login_token, runtime.tokens.invitation_token
    desk.add_with_cookies("enter, for the first time", f"/enter/{link(first, key)}")
    desk.add_with_cookies("enter, without a name", f"/enter/{link(first, key)}", form={"name": ""}, status=422)
    desk.add_with_cookies("enter", f"/enter/{link(again, key)}")
    desk.add_with_cookies("enter, a link that is over", "/enter/nothing", status=410)
    desk.add_with_cookies("invitation", f"/invitation/{invitation(pond, key)}")
    desk.add_with_cookies("invitation, to the site", f"/invitation/{invitation(to_site, key)}")
    desk.add_with_cookies("invitation, without a name", f"/invitation/{invitation(pond, key)}", form={"name": ""}, status=422)
    desk.add_with_cookies("invitation, over", "/invitation/nothing", status=410)
    cookie = runtime.random_token()
    runtime.call_redis(
        lambda redis: pending_logins.store_pending_login(redis, runtime.tokens, cookie, PendingLogin(ida.id, "/desk/", "link"))
    )
    with runtime.transaction() as connection:
        passkeys.add_passkey(connection, ida.id, runtime.random_token(), b"key", 0, "Phone", now)
        credentials.set_recovery_codes(connection, ida.id, ["hash"])
    desk.add_with_cookies("sign in, the second factor", "/sign-in/code", cookies={"cs_pending_login": cookie})


def add_account(desk: DeskScenario) -> None:
    """One's own account, and the proofs of who one is."""
    newcomer = Campaigner(desk.site, "Nel Newcomer")
    desk.add("no campaigns", "/", newcomer)
    desk.add_with_cookies("campaigns", "/", cookies=desk.owner.cookies_with_flash("The campaign is published."))
    desk.add("not there", "/nowhere", status=404)
    desk.add("not one’s own", "/c/village-pond/team/invite", desk.viewer, email="", status=403)
    desk.add_with_cookies(
        "from another site", "/account/name", form={"name": "x", "csrf": "x"}, cookies=newcomer.cookies, status=403
    )
    written = {"title": "Save the pond", "ask": "Keep it.\nAll of it.", "slug": "pond", "password": "x"}
    desk.add_with_cookies("signed out meanwhile", "/account/name", form=written, status=401)
    desk.add("proof done", "/done")
    with desk.site.runtime.transaction() as connection:
        for name in ("Laptop", LONG_WORD[:60]):
            passkeys.add_passkey(
                connection, desk.owner.id, desk.site.runtime.random_token(), b"key", 0, name, desk.site.runtime.now()
            )
    desk.owner.stale_session_cookies()
    desk.add("account", "/account")
    desk.add("account, without a name", "/account/name", status=422, name="")
    desk.add("address", "/account/address")
    desk.add("address, mistyped", "/account/address", status=422, email="mary@")
    later = (desk.site.runtime.now() + timedelta(days=1)).isoformat()
    seal, own = desk.site.runtime.text_cipher.encrypt, f"{later} {desk.owner.email}"
    desk.add("address, a new one", f"/account/address/{seal(desk.owner.id, f'new@campaign.example {own}')}")
    desk.add("address, a link that is over", "/account/address/nothing", status=410)
    desk.add("password", "/account/password")
    desk.add("password, too short", "/account/password", status=422, password="x")
    desk.add("passkeys", "/account/passkeys")
    desk.add("passkeys, none", "/account/passkeys", newcomer)
    desk.add("passkeys, without a name", "/account/passkeys/2/name", status=422, name="")
    desk.add("second factor", "/account/second-factor", newcomer)
    desk.add("second factor, a wrong code", "/account/second-factor", newcomer, status=422, code="000000")
    desk.add_with_cookies("confirm", "/confirm?next=%2Fdesk%2Faccount", cookies=desk.owner.stale_session_cookies())
    careful = Campaigner(desk.site, "Cass Careful")
    desk.site.execute_sql(
        "UPDATE campaigners SET totp_secret = :sealed WHERE id = :id",
        sealed=desk.site.runtime.text_cipher.encrypt(careful.id, "JBSWY3DPEHPK3PXP" * 2), id=careful.id,
    )  # fmt: skip
    desk.add("second factor, set up", "/account/second-factor", careful)
    desk.add("recovery codes", "/account/second-factor/recovery-codes", careful, kind="new")
    desk.add("confirm, a wrong code", "/confirm/code", careful, status=422, code="000000")


def add_team(desk: DeskScenario) -> None:
    """Who is in the team of a campaign."""
    now = desk.site.runtime.now()
    with desk.site.runtime.transaction() as connection:
        north = organisation_teams.create_team(connection, "North", now)
        organisation_teams.add_member(connection, north, desk.owner.id, Role.OWNER, now)
        organisation_teams.add_member(connection, north, desk.viewer.id, Role.EDITOR, now)
        organisation_teams.hold_campaign(connection, north, desk.pond.id, now)
        asked = ("north@campaign.example", "north@campaign.example")
        key, until = desk.site.runtime.random_token(), now + timedelta(days=14)
        to_team = invitations.add_invitation(
            connection, key, None, Role.TYPIST, asked, desk.owner.id, now, until, team_id=north
        )  # fmt: skip
    token = desk.site.runtime.tokens.invitation_token(to_team, key)
    desk.add_with_cookies("invitation, to a team of the organisation", f"/invitation/{token}")
    desk.add("teams of the organisation", "/teams")
    desk.add("teams of the organisation, none", "/teams", Campaigner(desk.site, "Tim Teamless"))
    desk.add("teams of the organisation, without a name", "/teams", status=422, name=" ")
    desk.add("team of the organisation", f"/teams/{north}")
    desk.add("team of the organisation, as an editor", f"/teams/{north}", desk.viewer)
    desk.add("team of the organisation, a mistyped address", f"/teams/{north}/invite", status=422, email="x@", role="")
    desk.add("team", "/c/village-pond/team")
    desk.add("team, as a viewer", "/c/village-pond/team", desk.viewer)
    desk.add("team, a mistyped address", "/c/village-pond/team/invite", status=422, email="x@", role="")
    desk.add("team, long words", "/c/long-words/team")
