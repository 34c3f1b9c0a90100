"""Rendering once for many gives each the mail that rendering it alone would."""

from email.policy import compat32

import pytest

from campaign.domain.mail.kinds import SIGNATORY_MAIL_KINDS, MailKind
from campaign.domain.mail.sender import read_sender
from campaign.mail import rendering
from campaign.mail.context import template_context
from campaign.mail.message import compose
from campaign.security.tokens import SignedTokens
from tests.mail.test_message import CONTENTS, claim
from tests.support.factories import START_TIME

NAMES = (
    "Siân O’Brien", "Jo", "Anne  Marie", "D'Arcy & Sons <b>", "محمد علي", "Ålesund Øystein Ærø", "佐藤 花子", 'Mary "May" Poe',
    "Bartholomew Maximilian Featherstonehaugh-Cholmondeley of Wensleydale and Elsewhere the Third", "{{ name }}",
    "%(title)s %s",
    "a" * 30,
)  # fmt: skip
LINKS = SignedTokens("0" * 64, ("1" * 64,), "https://sign.example.org")


@pytest.mark.parametrize("language", ["en", "cy", "ar"])
@pytest.mark.parametrize("kind", SIGNATORY_MAIL_KINDS)
def test_a_mail_of_a_skeleton_is_the_mail_rendered_alone(kind: MailKind, language: str) -> None:
    rendering._skeleton.cache_clear()
    for title in ("Save the village pond", "Fish & chips <for> all “now”", "Achub ’r " + "pwll " * 25):
        for number, name in enumerate(NAMES, 1):
            mail = claim(
                kind, name=name, title=title, language=language, id=number, signature_id=number, link_key=f"{number:016}"
            )
            context = template_context(mail, LINKS, START_TIME, CONTENTS.get(kind)) | {"site": "sign.example.org"}
            alone = rendering._render(kind, language, context)
            assert rendering.render_parts(kind, language, context) == alone
    # A list of one's own signatures is nobody else's: there is nothing to render once.
    assert rendering._skeleton.cache_info().misses == (0 if kind is MailKind.MY_SIGNATURES else 3)


@pytest.mark.parametrize("title", ["Save the village pond", "Achubwch y pwll – nawr", "Save " + "the pond " * 14])
def test_short_headers_are_written_as_the_library_folds_them(title: str) -> None:
    mail = compose(
        claim(MailKind.VERIFY, title=title), LINKS, sender=read_sender('"Pond, Save" <no-reply@sign.example.org>'),
        site="sign.example.org", now=START_TIME, from_name="campaign" if len(title) > 30 else "site",
    )  # fmt: skip
    assert mail.as_bytes(policy=mail.policy.clone(linesep="\r\n")) == mail.as_bytes(policy=compat32.clone(linesep="\r\n"))
