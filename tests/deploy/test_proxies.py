"""The configurations of proxies, read: what they keep is what the site makes for everybody."""

import re

from flask import Flask

from campaign.app import PUBLIC_BLUEPRINTS
from tests.docs.project_files import ROOT

OF_ONE_PERSON = {"check-your-email", "complaint", "share/mastodon", "signatures", "thanks", "thanks/friends.json"}
"""Pages of a campaign that are made for one person, or lead elsewhere."""


def test_nginx_keeps_every_page_of_a_campaign_that_is_everybodys_and_no_other() -> None:
    shipped = (ROOT / "deploy/nginx.conf").read_text()
    kept = [re.compile(found) for found in re.findall(r"location ~ (\^/c/\S+) \{", shipped)]
    assert len(kept) == 1
    app = Flask(__name__)
    for blueprint in PUBLIC_BLUEPRINTS:
        app.register_blueprint(blueprint)
    pages = {}
    for rule in app.url_map.iter_rules():
        if not rule.rule.startswith("/c/<slug>") or "GET" not in (rule.methods or ()):
            continue
        any_shape = re.sub(r"<any\((\w+),[^>]*>", r"\1", rule.rule.replace("<slug>", "save-the-pond"))
        any_image = any_shape.replace("image-<name>", "image-0123456789abcdef-480.webp")
        pages[rule.rule.removeprefix("/c/<slug>").lstrip("/")] = re.sub(r"<int:\w+>", "7", any_image)
    assert pages.keys() >= OF_ONE_PERSON
    wrong = {page for page, path in pages.items() if (page in OF_ONE_PERSON) is bool(kept[0].search(path))}
    assert wrong == set()
