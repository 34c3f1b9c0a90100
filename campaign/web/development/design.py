"""The design on one page, in both schemes side by side; in development only. It shows what the style sheet says."""

import re
from dataclasses import dataclass

from flask import Blueprint, Response, make_response, render_template

from campaign.domain.campaigns.colour import Shades, accent_palette
from campaign.services.campaigns import create_and_find
from campaign.web.app_context import runtime
from campaign.web.assets import STATIC_FOLDER
from campaign.web.public.campaign_view import campaign_view
from campaign.web.public.sign_form import SignForm
from campaign.web.security_headers import no_store

_TOKENS_FILE = STATIC_FOLDER / "css" / "20-tokens.css"
_ROOT = re.compile(r"(?:(?P<condition>@[^{}]+)\{\s*)?:root\s*\{(?P<body>[^}]*)\}")
_DECLARATION = re.compile(r"(--[\w-]+):\s*([^;]+);")
SAMPLE_ACCENTS = ("#c2185b", "#ffd400", "#00a86b", "#111111")
"""What campaigns may ask for, to be seen as what they get."""
_SCHEMES = ("light", "dark")
_INVALID_FORM = SignForm(
    values={**{f"{scheme}-name": "Ada Lovelace" for scheme in _SCHEMES}, **{f"{scheme}-email": "ada" for scheme in _SCHEMES}},
    errors={f"{scheme}-email": "Enter an email address in full, like name@example.org." for scheme in _SCHEMES},
)
"""A form with one field filled and one wrong."""


@dataclass(frozen=True, slots=True)
class DesignTokens:
    """The custom properties of the style sheet, by name, in the order they are written in."""

    light: dict[str, str]
    dark: dict[str, str]
    """Only those that differ."""

    @property
    def colours(self) -> list[str]:
        """The names of colours."""
        return [name for name in self.light if name in self.dark and name != "--shadow"]

    @property
    def sizes(self) -> dict[str, str]:
        """Everything that is the same in both schemes."""
        return {name: value for name, value in self.light.items() if name not in self.dark}


blueprint = Blueprint("design", __name__)


@blueprint.get("/dev/design")
def show_design() -> Response:
    """Every part of the design in both schemes."""
    shown = [campaign_view(campaign, runtime().now()) for campaign in create_and_find.list_campaigns(runtime())[:2]]
    page = render_template(
        "development/design.html", tokens=read_tokens(), campaigns=shown, form=_INVALID_FORM, accents=SAMPLE_ACCENTS
    )
    return no_store(make_response(page))


@blueprint.get("/dev/design.css")
def show_design_css() -> Response:
    """Both schemes as classes."""
    return no_store(Response(_schemes_css(read_tokens()), mimetype="text/css"))


def read_tokens() -> DesignTokens:
    """The custom properties as the style sheet has them."""
    tokens = DesignTokens({}, {})
    bare = re.sub(r"/\*.*?\*/", "", _TOKENS_FILE.read_text(), flags=re.DOTALL)
    for found in _ROOT.finditer(bare):
        declared = {name: re.sub(r"\s+", " ", value) for name, value in _DECLARATION.findall(found["body"])}
        condition = found["condition"] or ""
        if "dark" in condition:
            tokens.dark.update(declared)
        elif "light" in condition or not condition.startswith("@media"):
            tokens.light.update(declared)
            # What is made of other colours is made anew where those are others.
            tokens.dark.update({name: value for name, value in declared.items() if name in tokens.dark})
    return tokens


def _schemes_css(tokens: DesignTokens) -> str:
    """Both schemes as classes, whichever one the browser is in; and each accent in both."""
    rules = [
        _rule(".light", {"color-scheme": "light", **tokens.light}),
        _rule(".dark", {"color-scheme": "dark", **tokens.light, **tokens.dark}),
    ]
    for number, accent in enumerate(SAMPLE_ACCENTS):
        shades = accent_palette(accent)
        rules += [
            _rule(f".light .accent-{number}", _accent_properties(shades.light)),
            _rule(f".dark .accent-{number}", _accent_properties(shades.dark)),
        ]
    rules += [_rule(f".t{name}", {"background": f"var({name})"}) for name in tokens.colours]
    rules += [_rule(f".s{name}", {"width": f"var({name})"}) for name in tokens.sizes if name.startswith("--space")]
    rules += [
        _rule(f".s{name}", {"font-size": f"var({name})"}) for name in tokens.sizes if re.match("--(text|title|figure)", name)
    ]
    return "\n".join(rules)


def _accent_properties(shades: Shades) -> dict[str, str]:
    return {"--accent": shades.accent, "--accent-strong": shades.accent_strong, "--on-accent": shades.on_accent}


def _rule(selector: str, declarations: dict[str, str]) -> str:
    return f"{selector} {{ {' '.join(f'{name}: {value};' for name, value in declarations.items())} }}"
