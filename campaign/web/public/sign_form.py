"""The sign form: what was typed, what is wrong with it, and the submission it makes where nothing is."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from campaign.domain.campaigns.campaign import SignFormFields, SupportersRule
from campaign.domain.campaigns.eligibility import NO_ELIGIBILITY, Eligibility, declaration_of
from campaign.domain.common.email_address import EmailAddress, read_email_address
from campaign.domain.common.formatting import ENGLISH
from campaign.domain.common.invalid_input import InvalidInputError
from campaign.domain.places.postcode import read_country, read_postcode
from campaign.domain.signatures.attribution import NO_ATTRIBUTION, Attribution
from campaign.domain.signatures.consent import CURRENT_UPDATES_WORDING
from campaign.domain.signatures.names import read_comment, read_name
from campaign.store.signatures.signatures import SignFormData
from campaign.web.translation import gettext, refusal_message

TEXT_FIELDS = ("name", "email", "country", "postcode", "comment")
MAX_ECHOED_CHARACTERS = 2_000
"""Characters of each field shown again after an error: more than any field takes, and no more than a page should carry."""


@dataclass(frozen=True, slots=True)
class SignForm:
    """A form as it is shown: values as typed, and an error for each field that has one, in the order of the fields."""

    values: Mapping[str, str] = field(default_factory=dict)
    errors: Mapping[str, str] = field(default_factory=dict)
    public: bool = False
    updates: bool = False
    declared: bool = False
    """Whether the statement of who may sign is ticked."""
    text_changed: bool = False
    """The campaign's text has changed since the form was shown."""
    not_stored: bool = False
    """The site could not store it now; it can be sent again as it is."""

    is_from_elsewhere: bool = False
    """It came from another site, or from the widget after too long: see `embed_token`."""

    needs_proof: bool = False
    """A flood comes from its network: see `proof_of_work`."""
    proof_failed: bool = False
    """A proof was given that is none; the browser is not asked for another."""

    @property
    def has_problem(self) -> bool:
        """Whether something is to be said before the form."""
        return bool(self.errors) or self.text_changed or self.not_stored or self.is_from_elsewhere or self.needs_proof

    def value(self, name: str) -> str:
        """What was typed into a field."""
        return self.values.get(name, "")


def read_sign_form(
    typed: Mapping[str, str],
    asked: SignFormFields,
    browser_hash: str,
    attribution: Attribution = NO_ATTRIBUTION,
    language: str = ENGLISH,
    supporters: SupportersRule = "first-name",
    network: str = "",
    eligibility: Eligibility = NO_ELIGIBILITY,
) -> tuple[SignForm, SignFormData | None]:
    """Read a submitted form; the submission is None where there is an error."""
    errors: dict[str, str] = {}

    def read(name: str, reader: Callable[..., Any], *more: Any) -> Any:
        try:
            return reader(typed.get(name, ""), *more)
        except InvalidInputError as refused:
            errors[name] = refusal_message(refused)
            return None

    name = read("name", read_name)
    address: EmailAddress | None = read("email", read_email_address)
    country = read("country", read_country) if is_read(asked.country, typed.get("country", "")) else ""
    postcode = read("postcode", read_postcode, country) if _reads_postcode(asked, country, typed.get("postcode", "")) else ""
    comment = read("comment", read_comment) if asked.comment != "no" else ""
    if asked.comment == "required" and comment == "":
        errors["comment"] = gettext("Write a comment.")
    statement, declared = eligibility.in_language(language), bool(typed.get("declared"))
    if eligibility.is_required and not declared:
        errors["declared"] = gettext("Tick the box if this is true of you. This campaign can only be signed by people who can.")
    # Where nobody is shown nobody is asked, so nobody has agreed to it.
    public, updates = supporters != "no" and bool(typed.get("public")), bool(typed.get("updates"))
    values = {field_name: typed.get(field_name, "")[:MAX_ECHOED_CHARACTERS] for field_name in TEXT_FIELDS}
    form = SignForm(values, errors, public, updates, declared)
    if errors or address is None:
        return form, None
    return form, SignFormData(
        name=name,
        email=address.typed,
        email_key=address.key,
        country=country,
        postcode=postcode,
        comment=comment,
        public=public,
        updates=updates,
        updates_wording=CURRENT_UPDATES_WORDING if updates else "",
        source=attribution.source,
        browser_hash=browser_hash,
        referral_code=attribution.referral_code,
        language=language,
        network=network,
        declaration=declaration_of(statement, is_ticked=declared),
    )


def statement_was_shown(typed: Mapping[str, str], eligibility: Eligibility, language: str) -> bool:
    """Whether the form was shown with the statement of who may sign as it is now; also where none is asked for."""
    statement = eligibility.in_language(language)
    return statement is None or typed.get("statement", "") == str(statement.number)


def is_read(rule: str, typed: str) -> bool:
    """Whether a field must be read: always where it is required, where something was typed if it is optional."""
    return rule == "required" or (rule == "optional" and bool(typed.strip()))


def _reads_postcode(asked: SignFormFields, country: str | None, typed: str) -> bool:
    if asked.postcode == "required-in-gb":
        # Elsewhere nothing is asked, so nothing is kept. Where the country is still in doubt, one error is enough.
        return country == "GB"
    return country is not None and is_read(asked.postcode, typed)
