"""The desk of one place: a campaign that runs, one that nobody has signed, one with long words, and who looks after them."""

from collections.abc import Sequence

from campaign.domain.role import Role
from campaign.domain.standing import Asked
from tests.gallery.colleague import Colleague
from tests.gallery.person import Person
from tests.gallery.walls import Gallery
from tests.gallery.words import ASK, GOALS, LONG_ADDRESS, LONG_WORD, WHY

_NAMES = ("Ada Lovelace", "Grace Hopper", "Alan Turing", "Mary Somerville", "Joan Clarke", "Ida Rhodes", "Betty Holberton")


class Office:
    """What the pages of the desk are shown with."""

    def __init__(self, gallery: Gallery) -> None:
        self._gallery, self.place = gallery, gallery.place()
        place = self.place
        self.pond = place.campaign(
            "village-pond", title="Keep the village pond", ask=ASK, background=WHY, goals=GOALS,
            asked=Asked(comment="optional"), contact="pond@example.org",
        )  # fmt: skip
        self.empty = place.campaign("lido", title="Open the lido again")
        self.long = place.campaign("long-words", title=LONG_WORD, recipient=LONG_WORD, ask=LONG_ADDRESS)
        self.owner = Colleague(place, "Mary Seacole", operator=True)
        for campaign in (self.pond, self.empty, self.long):
            self.owner.joins(campaign, Role.OWNER)
        self.viewer = Colleague(place, "Val Viewer").joins(self.pond, Role.VIEWER)
        self.moderator = Colleague(place, "Mo Derator").joins(self.pond, Role.MODERATOR)
        self.people = self._signatures()
        place.settle()

    def _signatures(self) -> Sequence[Person]:
        people = [
            Person(
                self.place, "village-pond", name, public="1", comment=f"I learnt to skate on it.\n{name}", source="leaflet-3"
            )
            for name in _NAMES
        ]
        for person in people:
            person.sign()
        for person in people[:-1]:
            person.verify()
        people[0].post(people[0].manage_path, action="withdraw")
        Person(self.place, "long-words", LONG_WORD, email=f"{LONG_WORD[:60].lower()}@a-long-name-of-a-host.example.org").sign()
        return people

    def add(self, name: str, path: str, who: Colleague | None = None, /, *, status: int = 200, **form: str) -> None:
        """Hang a page of the desk as its owner sees it, or as somebody else does; with a form, what is sent to it."""
        who = who or self.owner
        sent = who.form(**form) if form else None
        self._gallery.add(f"desk, {name}", self.place, f"/desk{path}", cookies=who.cookies, status=status, form=sent)

    def show(self, name: str, path: str, **more: object) -> None:
        """Hang a page of the desk as whoever has these cookies sees it: nobody, where there are none."""
        self._gallery.add(f"desk, {name}", self.place, f"/desk{path}", **more)

    def elsewhere(self, name: str, path: str, **more: object) -> None:
        """Hang a page of this place that is not the desk's."""
        self._gallery.add(name, self.place, path, **more)
