"""Each element for itself: is there such a thing, may it stand where it stands, are its attributes sane."""

import re
from collections.abc import Iterator
from xml.etree.ElementTree import Element

from tests.html_validator import vocabulary as v
from tests.html_validator.tree import Tree, describe

_LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})*")
_MOMENT = re.compile(r"\d{4}-\d\d-\d\d([T ]\d\d:\d\d(:\d\d(\.\d{1,3})?)?(Z|[+-]\d\d:?\d\d)?)?|\d{4}(-\d\d)?|P[\dTDHMS.]+")
_NUMBER = re.compile(r"\d+(\.\d+)?")
_ADDRESS = re.compile(r"[^\s<>\"\\^`{|}]*")


def _vocabulary(tree: Tree) -> Iterator[str]:
    for element in tree.html_elements:
        if element.tag not in v.ELEMENTS:
            yield f"there is no element {describe(element)}, or it is obsolete"
        known = v.ELEMENT_ATTRIBUTES.get(element.tag, frozenset()) | v.GLOBAL_ATTRIBUTES
        for name, value in element.attrib.items():
            aria = name.startswith("aria-")
            if not (name.startswith("data-") or (aria and name[5:] in v.ARIA_ATTRIBUTES) or name in known):
                yield f"{describe(element)} cannot have {name}"
            if name in v.ENUMERATED_VALUES and value not in v.ENUMERATED_VALUES[name]:
                yield f"{describe(element)} cannot have {name}={value!r}"
            if name in v.BOOLEAN_ATTRIBUTES and value not in ("", name):
                yield f"{describe(element)}: {name} is written without a value, not with {value!r}"


def _nesting(tree: Tree) -> Iterator[str]:
    for element in tree.html_elements:
        parent = tree.parents.get(element)
        if parent is None:
            continue
        if element.tag in v.ALLOWED_PARENTS and parent.tag not in v.ALLOWED_PARENTS[element.tag]:
            yield f"{describe(element)} cannot stand in {describe(parent)}"
        elif parent.tag in v.ALLOWED_CHILDREN and element.tag not in v.ALLOWED_CHILDREN[parent.tag]:
            yield f"{describe(parent)} cannot hold {describe(element)}"
        if element.tag in v.FIRST_CHILD_ELEMENTS and parent[0] is not element:
            yield f"{describe(element)} must come first in {describe(parent)}"
        if element.tag in v.FLOW_ELEMENTS:
            words = next((above for above in tree.ancestors(element) if above.tag in v.PHRASING_ONLY_ELEMENTS), None)
            if words is not None:
                yield f"{describe(element)} cannot stand among the words of {describe(words)}"
        if _is_interactive(element):
            outer = next((above for above in tree.ancestors(element) if above.tag in ("a", "button")), None)
            if outer is None and element.tag == "label":
                outer = next((above for above in tree.ancestors(element) if above.tag == "label"), None)
            if outer is not None:
                yield f"{describe(element)} stands in {describe(outer)}: which of them is pressed?"


def _is_interactive(element: Element) -> bool:
    return (
        element.tag in v.INTERACTIVE_ELEMENTS
        or "tabindex" in element.attrib
        or (element.tag == "input" and element.get("type") != "hidden")
    )


def _values(tree: Tree) -> Iterator[str]:
    for element in tree.html_elements:
        a = element.attrib
        if element.tag == "img" and not ("alt" in a and a.get("src")):
            yield f"{describe(element)} needs src and alt"
        if "lang" in a and not _LANGUAGE.fullmatch(a["lang"]):
            yield f"{describe(element)}: {a['lang']!r} is no language"
        if int(a.get("tabindex", "0")) > 0:
            yield f"{describe(element)} jumps the queue of the Tab key"
        if element.tag == "input" and a.get("type") not in v.INPUT_TYPES:
            yield f"{describe(element)} does not say its type"
        if "autocomplete" in a and not set(a["autocomplete"].split()) <= v.AUTOCOMPLETE_TOKENS:
            yield f"{describe(element)}: nobody fills in {a['autocomplete']!r}"
        if element.tag == "time" and not _MOMENT.fullmatch(a.get("datetime", "".join(element.itertext()).strip())):
            yield f"{describe(element)}: {a.get('datetime')!r} is no moment"
        numbers = [name for name in ("width", "height", "max", "maxlength", "rows", "cols", "size") if name in a]
        if element.tag == "progress" and "value" in a:
            numbers.append("value")
        wrong = [name for name in numbers if not _NUMBER.fullmatch(a[name]) and a.get("type") != "date"]
        yield from (f"{describe(element)}: {name}={a[name]!r} is no number" for name in wrong)
        if element.tag == "progress" and not wrong and not 0 <= float(a.get("value", 0)) <= float(a.get("max", 1)):
            yield f"{describe(element)}: {a.get('value')} is past {a.get('max')}"
        for name in ("href", "src", "action", "formaction"):
            if name in a and element.tag != "base" and not (a[name] and _ADDRESS.fullmatch(a[name])):
                yield f"{describe(element)}: {name}={a[name]!r} is no address"


CHECKS = (_vocabulary, _nesting, _values)
