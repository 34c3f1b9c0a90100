"""Glossary: the words of the desk in plain English."""

from dataclasses import dataclass

from campaign.domain.common.i18n import N_


@dataclass(frozen=True, slots=True)
class Term:
    """Word of the desk."""

    name: str
    meaning: str

    @property
    def anchor(self) -> str:
        """Its fragment on the page."""
        return self.name.lower().replace(" ", "-")


@dataclass(frozen=True, slots=True)
class TermGroup:
    """Words of one subject."""

    title: str
    terms: tuple[Term, ...]


GLOSSARY = (
    TermGroup(
        N_("A signature’s way"),
        (
            Term(
                N_("Waiting"),
                N_(
                    "Somebody has sent the form and has not yet pressed the button in their email. It is not counted. "
                    "Also called pending."
                ),
            ),
            Term(
                N_("Verified"), N_("They pressed the button in their email, or signed on paper. It counts, unless it is held.")
            ),
            Term(
                N_("Counted"),
                N_(
                    "It has its place in the ledger and is part of the public number. That takes a second or two after "
                    "verifying."
                ),
            ),
            Term(
                N_("Held"),
                N_(
                    "Where the campaign asks for it: verified, but part of a burst that looks odd. It waits uncounted "
                    "until somebody has judged the flag, a day at most."
                ),
            ),
            Term(
                N_("Withdrawn"),
                N_("The person has taken their signature back. It left the count at once, for good unless they sign again."),
            ),
            Term(
                N_("Invalidated"),
                N_(
                    "Somebody in the team took it out of the count, with a reason. The public sees how many were taken "
                    "out and why, never who. It can be restored."
                ),
            ),
            Term(
                N_("Erased"),
                N_(
                    "Everything personal in it is gone for ever. Its place in the ledger stays, so that the numbers still "
                    "add up."
                ),
            ),
        ),
    ),
    TermGroup(
        N_("Looking after signatures"),
        (
            Term(
                N_("Flag"),
                N_(
                    "Something looks odd: many signatures at once from one network, mail domain or link. A flag changes "
                    "nothing by itself. You judge it: dismiss it, or invalidate what it shows."
                ),
            ),
            Term(N_("Score"), N_("How odd it looks, from 0 to 100. The flag lists what adds to it.")),
            Term(
                N_("Bulk change"),
                N_(
                    "Many signatures invalidated together, with one reason. It shows how far it is, and can be undone as "
                    "a whole."
                ),
            ),
            Term(
                N_("Standing rule"),
                N_("A rule for what comes later: never count signatures like these (block), or never doubt them (allow)."),
            ),
            Term(
                N_("Network"),
                N_(
                    "The first part of an internet address, shared by a street or an office: 203.0.113.0/24. No more is "
                    "kept, and that for 30 days. Search for 203.0.0.0/16 to see a wider one."
                ),
            ),
            Term(N_("Source"), N_("The link somebody came by: the label of a leaflet or a post, or the site that led here.")),
        ),
    ),
    TermGroup(
        N_("Paper"),
        (
            Term(N_("Sheet"), N_("A page to be signed by hand, with its own number and the text printed on it.")),
            Term(
                N_("Paper upload"),
                N_("What was typed in from one sheet, or read from one file, together. It can be undone as a whole."),
            ),
            Term(
                N_("Likely duplicate"),
                N_(
                    "Somebody of that name at that postcode has signed already. It may be the same person, or a parent "
                    "and child: look at the paper."
                ),
            ),
            Term(
                N_("Typist"),
                N_(
                    "Somebody who only types in paper. They are not told who has signed: every line is taken down, and "
                    "duplicates are left for you to see."
                ),
            ),
        ),
    ),
    TermGroup(
        N_("Proof"),
        (
            Term(
                N_("Ledger"),
                N_(
                    "The list behind the number: +1 for each signature counted, −1 for each that left. Nothing in it is "
                    "ever changed, and the total is the sum."
                ),
            ),
            Term(
                N_("Public log"),
                N_("The ledger without names, published so that anybody can check that nothing was added or taken out unseen."),
            ),
            Term(
                N_("Checkpoint"),
                N_(
                    "A signed statement of how long the public log is and what it holds. Others keep copies, so the log "
                    "cannot be rewritten later."
                ),
            ),
            Term(N_("Certificate"), N_("The final number, signed, once the campaign is over and the last links have run out.")),
            Term(
                N_("Grace"),
                N_("After the deadline, links that were mailed before it still work for a while. Then the number is final."),
            ),
            Term(N_("Audit trail"), N_("Who did what at this desk, and when. Nobody can change it.")),
        ),
    ),
    TermGroup(
        N_("Numbers"),
        (
            Term(
                N_("Forecast"),
                N_(
                    "Where the number will be at the deadline if people go on signing as in the last two weeks: the "
                    "likely number, and a range that held in nine of ten trials."
                ),
            ),
            Term(
                N_("Small numbers"),
                N_(
                    "Areas with fewer than five people show no number in public, since a number of one or two can tell "
                    "who it was."
                ),
            ),
            Term(
                N_("Funnel"), N_("Of those who sent the form in an hour: how many were mailed, opened the link and verified.")
            ),
        ),
    ),
    TermGroup(
        N_("Hand in"),
        (
            Term(N_("Recipient"), N_("Whom you ask: a parliament, a council, a minister. Each has its own rules and papers.")),
            Term(
                N_("Pack"),
                N_(
                    "All papers for a recipient in one file, with what is needed to check them. It holds no more about "
                    "people than the recipient may have."
                ),
            ),
            Term(N_("Sample"), N_("A few signatures drawn by chance, so that a recipient can check them without seeing all.")),
        ),
    ),
)
TERMS = {term.anchor: term for group in GLOSSARY for term in group.terms}
