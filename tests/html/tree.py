"""A page as the standard's own algorithm reads it, which reports every parse error."""

from collections import Counter
from collections.abc import Iterator
from xml.etree.ElementTree import Element

from tinyhtml5.parser import HTMLParser


class Tree:
    """A parsed page, with the way up from each element."""

    def __init__(self, html: str) -> None:
        parser = HTMLParser(namespace_html_elements=False)
        self.root: Element = parser.parse(html)
        self.errors = [f"line {at[0]}: {code} {values or ''}".rstrip() for at, code, values in parser.errors]
        self.parents = {child: parent for parent in self.root.iter() for child in parent}
        self.everything = [element for element in self.root.iter() if isinstance(element.tag, str)]
        """All elements; pictures drawn in SVG have words of their own and are looked at for ids and inline code alone."""
        self.elements = [element for element in self.everything if not element.tag.startswith("{")]
        self.ids = Counter(element.attrib["id"] for element in self.everything if "id" in element.attrib)

    def all(self, *names: str) -> Iterator[Element]:
        return (element for element in self.elements if element.tag in names)

    def above(self, element: Element) -> Iterator[Element]:
        while (parent := self.parents.get(element)) is not None:
            yield parent
            element = parent


def shown(element: Element) -> str:
    """An element as it is named in a complaint."""
    name = next(
        (f'[{name}="{element.attrib[name]}"]' for name in ("id", "name", "class", "href") if name in element.attrib), ""
    )
    return f"<{element.tag}>{name}"
