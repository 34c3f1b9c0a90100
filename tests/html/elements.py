"""Each element for itself: is there such a thing, may it stand where it stands, are its attributes sane."""

import re
from collections.abc import Iterator
from xml.etree.ElementTree import Element

from tests.html import vocabulary as v
from tests.html.tree import Tree, shown

_LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})*")
_MOMENT = re.compile(r"\d{4}-\d\d-\d\d([T ]\d\d:\d\d(:\d\d(\.\d{1,3})?)?(Z|[+-]\d\d:?\d\d)?)?|\d{4}(-\d\d)?|P[\dTDHMS.]+")
_NUMBER = re.compile(r"\d+(\.\d+)?")
_ADDRESS = re.compile(r"[^\s<>\"\\^`{|}]*")


def _vocabulary(tree: Tree) -> Iterator[str]:
    for element in tree.elements:
        if element.tag not in v.ELEMENTS:
            yield f"there is no element {shown(element)}, or it is obsolete"
        known = v.ATTRIBUTES.get(element.tag, frozenset()) | v.EVERYWHERE
        for name, value in element.attrib.items():
            aria = name.startswith("aria-")
            if not (name.startswith("data-") or (aria and name[5:] in v.ARIA) or name in known):
                yield f"{shown(element)} cannot have {name}"
            if name in v.VALUES and value not in v.VALUES[name]:
                yield f"{shown(element)} cannot have {name}={value!r}"
            if name in v.BOOLEAN and value not in ("", name):
                yield f"{shown(element)}: {name} is written without a value, not with {value!r}"


def _places(tree: Tree) -> Iterator[str]:
    for element in tree.elements:
        parent = tree.parents.get(element)
        if parent is None:
            continue
        if element.tag in v.PARENTS and parent.tag not in v.PARENTS[element.tag]:
            yield f"{shown(element)} cannot stand in {shown(parent)}"
        elif parent.tag in v.CHILDREN and element.tag not in v.CHILDREN[parent.tag]:
            yield f"{shown(parent)} cannot hold {shown(element)}"
        if element.tag in v.FIRST and parent[0] is not element:
            yield f"{shown(element)} must come first in {shown(parent)}"
        if element.tag in v.FLOW:
            words = next((above for above in tree.above(element) if above.tag in v.WORDS_ONLY), None)
            if words is not None:
                yield f"{shown(element)} cannot stand among the words of {shown(words)}"
        if _pressed(element):
            outer = next((above for above in tree.above(element) if above.tag in ("a", "button")), None)
            if outer is None and element.tag == "label":
                outer = next((above for above in tree.above(element) if above.tag == "label"), None)
            if outer is not None:
                yield f"{shown(element)} stands in {shown(outer)}: which of them is pressed?"


def _pressed(element: Element) -> bool:
    return (
        element.tag in v.INTERACTIVE
        or "tabindex" in element.attrib
        or (element.tag == "input" and element.get("type") != "hidden")
    )


def _values(tree: Tree) -> Iterator[str]:
    for element in tree.elements:
        a = element.attrib
        if element.tag == "img" and not ("alt" in a and a.get("src")):
            yield f"{shown(element)} needs src and alt"
        if "lang" in a and not _LANGUAGE.fullmatch(a["lang"]):
            yield f"{shown(element)}: {a['lang']!r} is no language"
        if int(a.get("tabindex", "0")) > 0:
            yield f"{shown(element)} jumps the queue of the Tab key"
        if element.tag == "input" and a.get("type") not in v.INPUT_TYPES:
            yield f"{shown(element)} does not say its type"
        if "autocomplete" in a and not set(a["autocomplete"].split()) <= v.AUTOCOMPLETE:
            yield f"{shown(element)}: nobody fills in {a['autocomplete']!r}"
        if element.tag == "time" and not _MOMENT.fullmatch(a.get("datetime", "".join(element.itertext()).strip())):
            yield f"{shown(element)}: {a.get('datetime')!r} is no moment"
        numbers = [name for name in ("width", "height", "max", "maxlength", "rows", "cols", "size") if name in a]
        if element.tag == "progress" and "value" in a:
            numbers.append("value")
        wrong = [name for name in numbers if not _NUMBER.fullmatch(a[name]) and a.get("type") != "date"]
        yield from (f"{shown(element)}: {name}={a[name]!r} is no number" for name in wrong)
        if element.tag == "progress" and not wrong and not 0 <= float(a.get("value", 0)) <= float(a.get("max", 1)):
            yield f"{shown(element)}: {a.get('value')} is past {a.get('max')}"
        for name in ("href", "src", "action", "formaction"):
            if name in a and element.tag != "base" and not (a[name] and _ADDRESS.fullmatch(a[name])):
                yield f"{shown(element)}: {name}={a[name]!r} is no address"


CHECKS = (_vocabulary, _places, _values)
