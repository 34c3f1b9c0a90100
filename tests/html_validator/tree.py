"""A page as the standard's own algorithm reads it, which reports every parse error."""

import re
from collections import Counter
from collections.abc import Iterator
from xml.etree.ElementTree import Element

from tinyhtml5 import inputstream
from tinyhtml5.parser import HTMLParser


class _Expressions(dict[tuple[frozenset[str], bool], re.Pattern[str]]):
    """Cache of the regular expressions by which the parser finds the end of a run of characters.

    Its own cache (tinyhtml5 2.1) never hits, as an entry is stored under another key than the one looked for: compiling them
    anew, some 300 times a page, is a third of the time a page takes.
    """

    def __missing__(self, key: tuple[frozenset[str], bool]) -> re.Pattern[str]:
        characters, opposite = key
        self[key] = re.compile(f"[{'' if opposite else '^'}{''.join(map(re.escape, characters))}]+")
        return self[key]


inputstream.characters_until_regex = _Expressions()


class Tree:
    """A parsed page, with the way up from each element."""

    def __init__(self, html: str) -> None:
        parser = HTMLParser(namespace_html_elements=False)
        self.root: Element = parser.parse(html)
        self.errors = [f"line {at[0]}: {code} {values or ''}".rstrip() for at, code, values in parser.errors]
        self.parents = {child: parent for parent in self.root.iter() for child in parent}
        self.all_elements = [element for element in self.root.iter() if isinstance(element.tag, str)]
        """All elements; pictures drawn in SVG have words of their own and are looked at for ids and inline code alone."""
        self.html_elements = [element for element in self.all_elements if not element.tag.startswith("{")]
        self.ids = Counter(element.attrib["id"] for element in self.all_elements if "id" in element.attrib)

    def find_all(self, *names: str) -> Iterator[Element]:
        return (element for element in self.html_elements if element.tag in names)

    def ancestors(self, element: Element) -> Iterator[Element]:
        while (parent := self.parents.get(element)) is not None:
            yield parent
            element = parent


def describe(element: Element) -> str:
    """An element as it is named in a complaint."""
    name = next(
        (f'[{name}="{element.attrib[name]}"]' for name in ("id", "name", "class", "href") if name in element.attrib), ""
    )
    return f"<{element.tag}>{name}"
