"""The configurations of proxies, read: what they keep is what the site makes for everybody."""

import re
from typing import cast

from flask import Blueprint, Flask

from campaign.app import DESK_BLUEPRINTS, PUBLIC_BLUEPRINTS
from campaign.web.desk.access import ACCESS_TABLE, DeskView
from tests.docs.project_files import ROOT

OF_ONE_PERSON = {"check-your-email", "complaint", "share/mastodon", "signatures", "thanks", "thanks/friends.json"}
"""Pages of a campaign that are made for one person, or lead elsewhere."""
NEVER_KEPT = {"/.well-known/security.txt", "/contact", "/proof-of-work"}
"""Pages of the site that are read seldom, lead elsewhere, or are good once."""


def app_of(*blueprints: Blueprint) -> Flask:
    """An application with their routes alone."""
    app = Flask(__name__)
    for blueprint in blueprints:
        app.register_blueprint(blueprint)
    return app


def test_no_address_with_somebodys_own_link_in_it_is_logged_or_kept_by_nginx() -> None:
    shipped = (ROOT / "deploy/nginx.conf").read_text()
    patterns = re.findall(r'^    "~(\^/\(\?<kind>\S+/)" /\$kind/…;$', shipped, re.MULTILINE)
    patterns += re.findall(r"^    location ~ (\^/\(\?:\[vsu\]\S+) \{$", shipped, re.MULTILINE)
    assert len(patterns) == 2
    masks = [re.compile(pattern.replace("(?<kind>", "(")) for pattern in patterns]
    app = app_of(*PUBLIC_BLUEPRINTS, *DESK_BLUEPRINTS)
    secret = {rule.rule for rule in app.url_map.iter_rules() if rule.arguments & {"token", "key"}}
    assert {"/v/<token>", "/s/<token>", "/u/<token>", "/preview/<slug>/<key>", "/desk/enter/<token>"} <= secret
    shown = {path for path in secret for mask in masks if not mask.search(re.sub(r"<[^>]+>", "x", path))}
    assert shown == set()


def test_nginx_lets_through_what_each_page_of_the_desk_takes() -> None:
    shipped = (ROOT / "deploy/nginx.conf").read_text()
    found = re.findall(r"^    location ~ (\^/\S+) \{\n[^}]*client_max_body_size (\d+)m;", shipped, re.MULTILINE)
    limits = [(re.compile(pattern), int(megabytes) * 1024 * 1024) for pattern, megabytes in found]
    assert len(limits) == 2
    app = app_of(*DESK_BLUEPRINTS)
    taken = {}
    for rule in app.url_map.iter_rules():
        requirement = ACCESS_TABLE.get(cast("DeskView", app.view_functions[rule.endpoint]))
        if requirement is not None and requirement.max_bytes:
            taken[re.sub(r"<int:\w+>", "7", re.sub(r"<\w+>", "x", rule.rule))] = requirement.max_bytes
    assert max(taken.values()) > 2 * 1024 * 1024
    # Of two locations nginx takes the first that fits.
    refused = {path for path, size in taken.items() if size > next(limit for fits, limit in limits if fits.search(path))}
    assert refused == set()


def test_nginx_keeps_every_page_of_the_site_that_is_everybodys() -> None:
    shipped = (ROOT / "deploy/nginx.conf").read_text()
    kept = [re.compile(found) for found in re.findall(r"location ~ (\^/\S+) \{\n[^}]*proxy_cache +countersign;", shipped)]
    assert len(kept) == 3
    app = app_of(*PUBLIC_BLUEPRINTS)
    pages = {rule.rule for rule in app.url_map.iter_rules() if "GET" in (rule.methods or ()) and not rule.arguments}
    of_the_log = {page for page in pages if page.startswith("/log/")}
    missing = {page for page in pages - of_the_log if not any(fits.search(page) for fits in kept)}
    assert missing == NEVER_KEPT


def test_nginx_keeps_every_page_of_a_campaign_that_is_everybodys_and_no_other() -> None:
    shipped = (ROOT / "deploy/nginx.conf").read_text()
    kept = [re.compile(found) for found in re.findall(r"location ~ (\^/c/\S+) \{", shipped)]
    assert len(kept) == 1
    app = app_of(*PUBLIC_BLUEPRINTS)
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
