"""HTML of a campaign for somebody else's website: its widget in a frame, and its number as a badge."""

from urllib.parse import urlencode

from markupsafe import Markup

from campaign.web.app_context import runtime
from campaign.web.language import localised_path
from campaign.web.public.campaign_view import CampaignView

WIDGET_WIDTH_PIXELS, WIDGET_HEIGHT_PIXELS = 480, 760
"""CSS pixels of the sign widget before its own script, or its reader's, has given it its height."""

_WIDGET = Markup(
    '<iframe src="{}" title="{}" width="100%" height="{}" style="border:0" loading="lazy"></iframe>\n'
    '<script src="{}" async></script>'
)
_BADGE = Markup('<a href="{}"><img src="{}" alt="{}"></a>')


def widget_html(shown: CampaignView, via: str) -> str:
    """A frame with the campaign's form, and the script that gives it its height. `via` says by which link signatures come."""
    url = runtime().tokens.absolute_url
    query = f"?{urlencode({'via': via})}" if via else ""
    return str(
        _WIDGET.format(url(f"{shown.path}/embed{query}"), shown.text.title, WIDGET_HEIGHT_PIXELS, url("/static/embed.js"))
    )


def badge_html(shown: CampaignView, link: str) -> str:
    """The number as a picture that leads to the campaign at `link`."""
    badge = runtime().tokens.absolute_url(localised_path(f"{shown.path}/badge.svg"))
    return str(_BADGE.format(link, badge, shown.text.title))
