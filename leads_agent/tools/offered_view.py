"""Views for users who may not do everything with a record."""

from lxml import etree

CLOSED = "leads_is_closed"


def offered_view(arch: str, editable: set[str], refused: set[str], closed: set[str] | None = None) -> str:
    """Return a view without copies and refused buttons, whose fields are read-only while the record is closed.

    :param editable: names of the fields that can be changed
    :param refused: names of buttons that are never offered
    :param closed: names of the buttons that a closed record still offers; None: all of them. Buttons above the title
        open other records, and stay

    >>> form = '<form><field name="leads_is_closed"/><field name="note" readonly="locked"/><button name="act"/></form>'
    >>> offered = offered_view(form, {"note"}, set(), set())
    >>> 'readonly="(locked) or leads_is_closed"' in offered
    True
    >>> '<button name="act" invisible="leads_is_closed"/>' in offered
    True
    """
    view = etree.fromstring(arch)
    view.set("duplicate", "0")
    is_closed = view.tag == "form" and view.find(f".//field[@name='{CLOSED}']") is not None
    for node in view.xpath("//field[not(ancestor::field)] | //button[not(ancestor::field)]"):
        name = node.get("name")
        if node.tag == "button" and name in refused:
            node.set("invisible", "1")
        elif is_closed and node.tag == "field":
            # The attribute would make a field editable that the model makes read-only.
            if name in editable or node.get("readonly"):
                _either(node, "readonly")
        elif is_closed and node.tag == "button" and closed is not None and name not in closed:
            if not node.xpath("ancestor::div[@name='button_box']"):
                _either(node, "invisible")
    return etree.tostring(view, encoding="unicode")


def _either(node, attribute: str) -> None:
    """Make an attribute apply to closed records, too."""
    node.set(attribute, f"({node.get(attribute)}) or {CLOSED}" if node.get(attribute) else CLOSED)
