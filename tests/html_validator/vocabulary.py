"""The words of HTML that our pages may use, from the WHATWG standard: elements, where they stand, attributes, values."""


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


FLOW_ELEMENTS = _words("""
    address article aside blockquote details dialog div dl fieldset figure footer form h1 h2 h3 h4 h5 h6 header hgroup hr
    main menu nav ol p pre search section table ul
""")
"""Elements that may not stand where only words may."""

PHRASING_ONLY_ELEMENTS = _words("""
    abbr b bdi bdo button cite code data dfn em h1 h2 h3 h4 h5 h6 i kbd label mark meter output p pre progress q s samp
    small span strong sub sup time u var
""")
"""Elements that hold words and what stands among words, never a block."""

ELEMENTS = (
    FLOW_ELEMENTS
    | PHRASING_ONLY_ELEMENTS
    | _words("""
    html head title base link meta style body script noscript template slot a area br caption col colgroup datalist dd del
    dt figcaption iframe img input ins legend li map object optgroup option param picture select source summary tbody td
    textarea tfoot th thead tr wbr audio video track canvas svg
""")
)

ALLOWED_PARENTS = {
    "li": {"ul", "ol", "menu"},
    "dt": {"dl", "div"},
    "dd": {"dl", "div"},
    "option": {"select", "optgroup", "datalist"},
    "optgroup": {"select"},
    "legend": {"fieldset"},
    "summary": {"details"},
    "figcaption": {"figure"},
    "source": {"picture", "audio", "video"},
    "title": {"head"},
    "style": {"head"},
    "base": {"head"},
    "meta": {"head"},
}
"""What an element may stand in, where that is not nearly everything."""

ALLOWED_CHILDREN = {
    "ul": {"li", "script", "template"},
    "ol": {"li", "script", "template"},
    "menu": {"li", "script", "template"},
    "dl": {"dt", "dd", "div", "script", "template"},
    "picture": {"source", "img", "script", "template"},
    "select": {"option", "optgroup", "hr", "script", "template"},
}
"""What may stand in an element, where that is little."""

FIRST_CHILD_ELEMENTS = _words("legend summary")
"""Elements that must be the first of their parent."""

INTERACTIVE_ELEMENTS = _words("a button select textarea label iframe details")
"""Elements that do something when pressed; so does an input that is not hidden."""

LABELABLE_ELEMENTS = _words("input select textarea meter progress output button")
"""Elements that a label may belong to."""

GLOBAL_ATTRIBUTES = _words("""
    accesskey autocapitalize autocorrect autofocus class contenteditable dir draggable enterkeyhint hidden id inert
    inputmode is itemid itemprop itemref itemscope itemtype lang nonce popover role spellcheck tabindex title translate
""")
_FIELD_ATTRIBUTES = "name disabled form autocomplete required"
_FETCH_ATTRIBUTES = "crossorigin fetchpriority referrerpolicy"
ELEMENT_ATTRIBUTES = {
    name: _words(words)
    for name, words in {
        "a": "href target download ping rel hreflang type referrerpolicy",
        "area": "alt coords shape href target download rel",
        "audio": "src preload autoplay loop muted controls crossorigin",
        "base": "href target",
        "blockquote": "cite",
        "button": "command commandfor disabled form formaction formenctype formmethod formnovalidate formtarget name "
        "popovertarget popovertargetaction type value",
        "canvas": "width height",
        "col": "span",
        "colgroup": "span",
        "data": "value",
        "del": "cite datetime",
        "details": "name open",
        "dialog": "open closedby",
        "fieldset": "disabled form name",
        "form": "accept-charset action autocomplete enctype method name novalidate rel target",
        "iframe": "src srcdoc name sandbox allow allowfullscreen width height referrerpolicy loading",
        "img": f"alt src srcset sizes usemap ismap width height decoding loading {_FETCH_ATTRIBUTES}",
        "input": f"accept alt capture checked dirname formaction formmethod formnovalidate height list max maxlength min "
        f"minlength multiple pattern placeholder popovertarget readonly size src step type value width {_FIELD_ATTRIBUTES}",
        "ins": "cite datetime",
        "label": "for",
        "li": "value",
        "link": f"href rel as media hreflang type sizes imagesrcset imagesizes integrity color disabled title "
        f"{_FETCH_ATTRIBUTES}",
        "map": "name",
        # `property` is RDFa's, which Open Graph uses.
        "meta": "name http-equiv content charset media property",
        "meter": "value min max low high optimum",
        "object": "data type name form width height",
        "ol": "reversed start type",
        "optgroup": "disabled label",
        "option": "disabled label selected value",
        "output": "for form name",
        "progress": "value max",
        "q": "cite",
        "script": f"src type nomodule async defer integrity blocking {_FETCH_ATTRIBUTES}",
        "select": f"multiple size {_FIELD_ATTRIBUTES}",
        "source": "type media src srcset sizes width height",
        "style": "media blocking",
        "td": "colspan rowspan headers",
        "textarea": f"cols dirname maxlength minlength placeholder readonly rows wrap {_FIELD_ATTRIBUTES}",
        "th": "colspan rowspan headers scope abbr",
        "time": "datetime",
        "video": "src poster preload autoplay playsinline loop muted controls width height crossorigin",
    }.items()
}

BOOLEAN_ATTRIBUTES = _words("""
    allowfullscreen async autofocus checked controls default defer disabled formnovalidate inert ismap itemscope loop
    multiple muted nomodule novalidate open playsinline readonly required reversed selected
""")
"""Attributes that say all by being there; written alone, empty, or as their own name."""

ARIA_ATTRIBUTES = _words("""
    activedescendant atomic autocomplete busy checked colcount colindex controls current describedby description details
    disabled errormessage expanded haspopup hidden invalid keyshortcuts label labelledby level live modal multiline
    multiselectable orientation owns placeholder posinset pressed readonly relevant required roledescription rowcount
    rowindex selected setsize sort valuemax valuemin valuenow valuetext
""")
IDREF_ATTRIBUTES = _words("""
    for list form headers popovertarget commandfor aria-labelledby aria-describedby aria-controls aria-owns aria-details
    aria-errormessage aria-activedescendant aria-flowto itemref
""")
"""Attributes whose value is one or more ids of the same page."""

ROLES = _words("""
    alert alertdialog application article banner button cell checkbox columnheader combobox complementary contentinfo
    definition dialog document feed figure form generic grid gridcell group heading img link list listbox listitem log
    main marquee math menu menubar menuitem meter navigation none note option presentation progressbar radio radiogroup
    region row rowgroup rowheader scrollbar search searchbox separator slider spinbutton status switch tab table tablist
    tabpanel term text textbox timer toolbar tooltip tree treegrid treeitem
""")
_TRUE_FALSE = frozenset({"true", "false"})
ENUMERATED_VALUES = {
    "dir": {"ltr", "rtl", "auto"},
    "method": {"get", "post", "dialog"},
    "formmethod": {"get", "post", "dialog"},
    "enctype": {"application/x-www-form-urlencoded", "multipart/form-data", "text/plain"},
    "inputmode": {"none", "text", "tel", "url", "email", "numeric", "decimal", "search"},
    "enterkeyhint": {"enter", "done", "go", "next", "previous", "search", "send"},
    "autocapitalize": {"off", "none", "on", "sentences", "words", "characters"},
    "spellcheck": {"", *_TRUE_FALSE},
    "translate": {"", "yes", "no"},
    "loading": {"lazy", "eager"},
    "decoding": {"sync", "async", "auto"},
    "fetchpriority": {"high", "low", "auto"},
    "hidden": {"", "hidden", "until-found"},
    "scope": {"row", "col", "rowgroup", "colgroup"},
    "role": ROLES,
    "aria-live": {"off", "polite", "assertive"},
    "aria-invalid": {"grammar", "spelling", *_TRUE_FALSE},
    "aria-current": {"page", "step", "location", "date", "time", *_TRUE_FALSE},
    "aria-pressed": {"mixed", *_TRUE_FALSE},
    **dict.fromkeys(
        ("aria-hidden", "aria-expanded", "aria-atomic", "aria-busy", "aria-disabled", "aria-required", "aria-modal"),
        _TRUE_FALSE,
    ),
}
"""The values an attribute may have, where they are few."""

INPUT_TYPES = _words("""
    hidden text search tel url email password date month week time datetime-local number range color checkbox radio file
    submit image reset button
""")
AUTOCOMPLETE_TOKENS = _words("""
    on off name honorific-prefix given-name additional-name family-name nickname organization street-address address-line1
    address-line2 country country-name postal-code email tel url username new-password current-password one-time-code
""")
