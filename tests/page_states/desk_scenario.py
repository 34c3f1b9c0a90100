"""The desk of one place: a campaign that runs, one that nobody has signed, one with long words, and who looks after them."""

from collections.abc import Sequence

from campaign.domain.accounts.role import Role
from campaign.domain.campaigns.campaign import SignFormFields
from tests.page_states.campaigner import Campaigner
from tests.page_states.page_catalogue import PageCatalogue
from tests.page_states.sample_texts import ASK, BACKGROUND, GOALS, LONG_URL, LONG_WORD
from tests.page_states.signatory import Signatory

_NAMES = ("Ada Lovelace", "Grace Hopper", "Alan Turing", "Mary Somerville", "Joan Clarke", "Ida Rhodes", "Betty Holberton")


class DeskScenario:
    """Scenario that the pages of the desk are shown with."""

    def __init__(self, catalogue: PageCatalogue) -> None:
        self.catalogue, self.site = catalogue, catalogue.new_site()
        place = self.site
        self.pond = place.new_campaign(
            "village-pond", title="Keep the village pond", ask=ASK, background=BACKGROUND, goals=GOALS,
            form_fields=SignFormFields(comment="optional"), contact="pond@example.org",
        )  # fmt: skip
        self.empty = place.new_campaign("lido", title="Open the lido again")
        self.long = place.new_campaign("long-words", title=LONG_WORD, recipient=LONG_WORD, ask=LONG_URL)
        self.owner = Campaigner(place, "Mary Seacole", operator=True)
        for campaign in (self.pond, self.empty, self.long):
            self.owner.join_team(campaign, Role.OWNER)
        self.viewer = Campaigner(place, "Val Viewer").join_team(self.pond, Role.VIEWER)
        self.moderator = Campaigner(place, "Mo Derator").join_team(self.pond, Role.MODERATOR)
        self.typist = Campaigner(place, "Ty Pist").join_team(self.pond, Role.TYPIST)
        self.signatories = self._signatures()
        place.run_workers()

    def _signatures(self) -> Sequence[Signatory]:
        people = [
            Signatory(
                self.site, "village-pond", name, public="1", comment=f"I learnt to skate on it.\n{name}", source="leaflet-3"
            )
            for name in _NAMES
        ]
        for person in people:
            person.sign()
        for person in people[:-1]:
            person.verify()
        people[0].post(people[0].manage_path, action="withdraw")
        Signatory(
            self.site, "long-words", LONG_WORD, email=f"{LONG_WORD[:60].lower()}@a-long-name-of-a-host.example.org"
        ).sign()
        return people

    def add(self, name: str, path: str, who: Campaigner | None = None, /, *, status: int = 200, **form: str) -> None:
        """Hang a page of the desk as its owner sees it, or as somebody else does; with a form, what is sent to it."""
        who = who or self.owner
        sent = who.form(**form) if form else None
        self.catalogue.add(f"desk, {name}", self.site, f"/desk{path}", cookies=who.cookies, status=status, form=sent)

    def add_with_cookies(self, name: str, path: str, **more: object) -> None:
        """Hang a page of the desk as who has these cookies sees it: nobody, where there are none."""
        self.catalogue.add(f"desk, {name}", self.site, f"/desk{path}", **more)

    def add_public(self, name: str, path: str, **more: object) -> None:
        """Hang a page of this place that is not the desk's."""
        self.catalogue.add(name, self.site, path, **more)
