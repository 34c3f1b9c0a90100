"""The page as a whole: its head, its references, headings and labels, and our own rule that nothing is inline."""

import json
import re
from collections.abc import Iterator
from urllib.parse import unquote

from tests.html_validator import vocabulary as v
from tests.html_validator.tree import Tree, describe

_DATA_BLOCKS = frozenset({"application/ld+json", "application/json"})


def _head(tree: Tree) -> Iterator[str]:
    for name in ("lang", "dir"):
        if not tree.root.get(name):
            yield f"<html> has no {name}"
    if not any("".join(title.itertext()).strip() for title in tree.find_all("title")):
        yield "the page has no title"
    metas = list(tree.find_all("meta"))
    if [meta.get("charset", "").lower() for meta in metas if "charset" in meta.attrib] != ["utf-8"]:
        yield "the page does not say once that it is UTF-8"
    viewports = [meta.get("content", "") for meta in metas if meta.get("name") == "viewport"]
    if len(viewports) != 1 or re.search(r"user-scalable\s*=\s*(no|0)|maximum-scale", viewports[0]):
        yield "the page must say its viewport once, and let it be enlarged"
    if len(list(tree.find_all("main"))) != 1:
        yield "the page needs one <main>"


def _references(tree: Tree) -> Iterator[str]:
    for name, times in tree.ids.items():
        if times > 1:
            yield f"the id {name!r} is given {times} times"
        if not name or re.search(r"\s", name):
            yield f"{name!r} is no id"
    for element in tree.all_elements:
        for attribute in v.IDREF_ATTRIBUTES & element.attrib.keys():
            named = element.attrib[attribute].split()
            if not named:
                yield f"{describe(element)} has an empty {attribute}"
            yield from (
                f"{describe(element)}: {attribute} names {name!r}, which is not there" for name in named if name not in tree.ids
            )
        fragment = element.get("href", "")
        if element.tag == "a" and fragment.startswith("#") and fragment != "#top" and unquote(fragment[1:]) not in tree.ids:
            yield f"{describe(element)} leads nowhere"


def _headings(tree: Tree) -> Iterator[str]:
    headings = list(tree.find_all("h1", "h2", "h3", "h4", "h5", "h6"))
    levels = [int(heading.tag[1]) for heading in headings]
    if levels.count(1) != 1:
        yield f"the page has {levels.count(1)} <h1>, not one"
    for before, level, heading in zip([0, *levels], levels, headings, strict=False):
        words = "".join(heading.itertext()).strip()
        if level > before + 1:
            yield f"<h{level}> “{words}” follows <h{before}>: a level is skipped"
        if not words and not any(picture.get("alt") for picture in heading.iter("img")):
            yield f"{describe(heading)} is empty"


def _labels(tree: Tree) -> Iterator[str]:
    labelled = {label.get("for") for label in tree.find_all("label")}
    for field in tree.find_all("input", "select", "textarea", "progress", "meter"):
        if field.get("type") in ("hidden", "submit", "button", "reset", "image"):
            continue
        wrapped = any(above.tag == "label" for above in tree.ancestors(field))
        if not (field.get("id") in labelled - {None} or wrapped or field.get("aria-label") or field.get("aria-labelledby")):
            yield f"{describe(field)} has no label"
    for label in tree.find_all("label"):
        if not "".join(label.itertext()).strip():
            yield f"{describe(label)} has no words"
        target = next((element for element in tree.html_elements if element.get("id") == label.get("for", "")), None)
        if target is not None and target.tag not in v.LABELABLE_ELEMENTS:
            yield f"{describe(label)} belongs to {describe(target)}, which cannot have a label"
    for button in tree.find_all("button"):
        if button.get("type") not in ("submit", "button", "reset"):
            yield f"{describe(button)} does not say its type"
        if not ("".join(button.itertext()).strip() or button.get("aria-label") or button.get("aria-labelledby")):
            yield f"{describe(button)} has no words"
    for frame in tree.find_all("iframe"):
        if not frame.get("title"):
            yield f"{describe(frame)} has no title"


def _inline(tree: Tree) -> Iterator[str]:
    for element in tree.all_elements:
        for name in element.attrib:
            if name == "style" or name.startswith("on"):
                yield f"{describe(element)} has an inline {name}"
        # What is said in the address itself may be a picture of the page, or a file to be kept; never a page.
        said = element.get("rel") == "icon" or "download" in element.attrib
        scripts = "javascript|vbscript" if said else "javascript|data|vbscript"
        if re.match(rf"\s*({scripts}):", element.get("href", ""), re.IGNORECASE):
            yield f"{describe(element)}: the address is a script"
    for script in tree.find_all("script"):
        if script.get("type") in _DATA_BLOCKS:
            try:
                json.loads(script.text or "")
            except ValueError as error:
                yield f"the block of {script.get('type')} is not JSON: {error}"
        elif "src" not in script.attrib or (script.text or "").strip():
            yield "there is an inline script"
    # One campaign's own colours are the only rules that do not come from the style sheet.
    styles = list(tree.find_all("style"))
    if len(styles) > 1 or any(re.search(r"@import|url\(", style.text or "") for style in styles):
        yield "there is more inline style than a campaign's colours"


CHECKS = (_head, _references, _headings, _labels, _inline)
