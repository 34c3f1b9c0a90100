"""Checks of wording: its language, the frame it must stand in, its length, and what must not stand in it."""

import re

from campaign.domain.common.formatting import LanguageName, format_number
from campaign.domain.common.invalid_input import Sentence, say
from campaign.services.submissions.check_input import CheckInput, Finding
from campaign.services.submissions.profiles import Check

_FRAME_PATTERN = re.compile(
    r"(?:To the (?:House|Hon|Right Hon)|The petition(?:ers)?\b|The humble petition|This petition of|Declares that"
    r"|We, the undersigned|(?:And|Therefore,?) (?:the|your) petitioners|We therefore ask|That the House of Representatives\b)",
    re.IGNORECASE,
)
_WEB_ADDRESS = re.compile(
    r"\S+://\S+|\bwww\.\S+|\b[\w-]+(?:\.[\w-]+)*\.(?:com|org|net|info|gov|edu|au|uk|io)\b\S*", re.IGNORECASE
)
_SENTENCE_ENDS = re.compile(r"(?<=[.!?:;])\s+|\n+")


def check_language(subject: CheckInput, check: Check) -> list[Finding]:
    """Whether the campaign has a text in a language that the recipient reads."""
    names = [LanguageName(code) for code in check.languages]
    written = {version.language for version in subject.facts.campaign.versions}
    found = next((code for code in check.languages if code in written), "")
    if found:
        return [Finding("good", say("The text is there in %(language)s.", language=LanguageName(found)))]
    do = say(
        "Write the petition in %(language)s below, and send a translation of the campaign’s text along.", language=names[0]
    )
    if len(names) == 1:
        words = say("The petition must be in %(language)s, and the campaign has no %(language)s text.", language=names[0])
    else:
        words = say(
            "The petition must be in %(language)s or %(other)s, and the campaign has no %(language)s or %(other)s text.",
            language=names[0], other=names[1],
        )  # fmt: skip
    return [Finding("wrong", words, do)]


def check_frame(subject: CheckInput, check: Check) -> list[Finding]:
    """Whether the wording begins and ends as it must, and nothing of the frame was typed a second time."""
    said = " ".join(subject.petition_words)
    found = []
    frame = {"begins": check.begins, "ends": check.ends}
    if check.begins not in said or check.ends not in said:
        words = (
            say("The wording must begin “%(begins)s” and end “%(ends)s”.", **frame)
            if check.ends
            else say("The wording must begin “%(begins)s”.", **frame)
        )
        found.append(Finding("wrong", words, say("Put the frame back into the profile’s template.")))
    for name in ("petitioners", "reasons", "request"):
        given = subject.answers.get(name, "")
        typed = " ".join(given.split())
        # The whole wording is looked at: a piece of the frame may begin any sentence or line of it.
        begins = any(_FRAME_PATTERN.match(part.strip()) for part in _SENTENCE_ENDS.split(given))
        if typed and (check.begins in typed or (check.ends and check.ends in typed) or begins):
            again = say("A part of the frame is typed a second time: “%(words)s…”.", words=typed[:60])
            found.append(Finding("wrong", again, say("The frame is put around your words: leave it out of them."), name))
    if not found:
        words = (
            say("The wording begins “%(begins)s” and ends “%(ends)s”.", **frame)
            if check.ends
            else say("The wording begins “%(begins)s”.", **frame)
        )
        found.append(Finding("good", words))
    return found


def check_request(subject: CheckInput, check: Check) -> list[Finding]:
    """Whether the request can be read on its own, as it must be."""
    request = subject.answers.get(check.question, "")
    if len(request.split()) < 4:
        return [
            Finding(
                "wrong", say("The request must be understood on its own."), say("Say in full what is asked."), check.question
            )
        ]
    if not request[:1].islower():
        words = say(
            "The request follows “%(before)s”, so it begins with a verb: “%(request)s…”.",
            before=check.words,
            request=request[:40],
        )
        do = say("Read the sentence aloud, and begin it with a verb such as “urges”.")
        return [Finding("warn", words, do, check.question)]
    read = f"{check.words} {request[:80]}{'…' if len(request) > 80 else ''}"
    return [Finding("good", say("The request reads: “%(words)s”.", words=read))]


def check_answered(subject: CheckInput, check: Check) -> list[Finding]:
    """Whether a question is answered."""
    if subject.answers.get(check.question):
        return []
    return [Finding("wrong", Sentence(check.words, {}), say("Fill it in below."), check.question)]


def check_limits(subject: CheckInput, _check: Check) -> list[Finding]:
    """Whether each answer is there that must be, and has no more characters than the recipient takes."""
    found = []
    for question in subject.profile.questions:
        if not question.counted:
            continue
        length = len(subject.answers.get(question.name, ""))
        counted = say(
            "“%(label)s”: %(length)s characters of %(longest)s.", label=Sentence(question.label, {}),
            length=format_number(length), longest=format_number(question.longest),
        )  # fmt: skip
        if length > question.longest:
            found.append(
                Finding(
                    "wrong",
                    counted,
                    say("Shorten it by %(count)s.", count=format_number(length - question.longest)),
                    question.name,
                )
            )
        elif not length and question.required:
            found.append(
                Finding(
                    "wrong",
                    say("“%(label)s” is empty.", label=Sentence(question.label, {})),
                    say("Fill it in."),
                    question.name,
                )
            )
        else:
            found.append(Finding("good", counted))
    return found


def check_words(subject: CheckInput, check: Check) -> list[Finding]:
    """Whether the wording, the frame around it included, has no more words than the recipient takes."""
    amount = len(subject.petition_words)
    said = say(
        "The petition has %(count)s words of %(most)s at most, its frame included.",
        count=format_number(amount), most=format_number(check.most),
    )  # fmt: skip
    if amount > check.most:
        return [
            Finding(
                "wrong", said, say("Shorten it by %(count)s.", count=format_number(amount - check.most)), check.questions[0]
            )
        ]
    return [Finding("good", said)]


def check_links(subject: CheckInput, check: Check) -> list[Finding]:
    """Whether a web address stands in the wording of a recipient that takes none."""
    met = [(name, one[0]) for name in check.questions if (one := _WEB_ADDRESS.search(subject.answers.get(name, "")))]
    if not met:
        return [Finding("good", say("No web address stands in the petition."))]
    do = say("Say in words what is to be read there.")
    return [
        Finding(
            "wrong",
            say("A web address stands in the petition, which is refused with one: “%(address)s”.", address=address[:80]),
            do,
            name,
        )
        for name, address in met
    ]
