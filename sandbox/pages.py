"""The pages of the demo to take screenshots of: each menu of ours that a user has, and some by name."""

import re
from dataclasses import dataclass, replace

import requests

from .postgres import Postgres

ROOT_MENU = "leads_agent.menu_root"


@dataclass(frozen=True)
class Page:
    """A page and the stable name of its screenshot."""

    role: str
    name: str
    path: str
    # The CSS selector of an element to click first.
    click: str = ""


# A query returns the `{id}` of a path; without such a record in the demo, the page is left out.
_AGENT = "SELECT id FROM res_users WHERE login = '{agent}'"
_HELD = """SELECT o.{column} FROM sale_order o JOIN res_users u ON u.id = o.leads_agent_id
    WHERE u.login = '{agent}' AND o.state IN ('draft', 'sent') ORDER BY o.id LIMIT 1"""
_TEST = "SELECT id FROM leads_agent_self_test ORDER BY id DESC LIMIT 1"
_USER = "/odoo/action-base.action_res_users/{id}"
FORMS = [
    (Page("admin", "user_form", _USER), _AGENT),
    (Page("admin", "user_assigned_leads", _USER, click=".o_notebook a[name='leads_assignments']"), _AGENT),
    (Page("admin", "sales_quotations", "/odoo/action-sale.action_quotations_with_onboarding"), ""),
    (Page("manager", "visibility_test", "/odoo/leads-visibility/{id}"), _TEST),
    (
        Page("manager", "who_can_see", "/odoo/leads-customers/{id}", click=".o_notebook a[name='leads_who_can_see']"),
        _HELD.replace("{column}", "partner_id"),
    ),
    (Page("agent", "order_form", "/odoo/leads-orders/{id}"), _HELD.replace("{column}", "id")),
    (Page("agent", "customer_form", "/odoo/leads-customers/{id}"), _HELD.replace("{column}", "partner_id")),
]


def forms(postgres: Postgres, database: str, agent: str) -> list[Page]:
    """Return the listed pages, with the records of the first agent."""
    found = []
    for page, query in FORMS:
        rows = postgres.rows(query.replace("{agent}", agent), database=database) if query else [("",)]
        found += [replace(page, path=page.path.replace("{id}", str(row_id))) for (row_id,) in rows]
    return found


def menus(base: str, role: str, session: requests.Session) -> list[Page]:
    """Return the pages of our leaf menus that the signed-in user sees."""
    tree = session.get(f"{base}/web/webclient/load_menus", timeout=60).json()
    by_id = {str(key): menu for key, menu in tree.items()}
    roots = [menu for menu in by_id.values() if menu.get("xmlid") == ROOT_MENU]
    leaves = [leaf for root in roots for leaf in _leaves(by_id, root) if leaf.get("actionID")]
    return [Page(role, picture_name(leaf["xmlid"]), _path(leaf)) for leaf in leaves]


def picture_name(xmlid: str) -> str:
    """Return a file name that does not depend on labels and languages.

    >>> picture_name("leads_agent.menu_dashboard"), picture_name("leads_agent_offer.offers_menu")
    ('dashboard', 'offers')
    """
    return re.sub(r"^(leads_agent_)?menu_|_menu$", "", xmlid.split(".")[1])


def _leaves(by_id: dict[str, dict], menu: dict) -> list[dict]:
    children = [by_id[str(child)] for child in menu.get("children", [])]
    return [leaf for child in children for leaf in _leaves(by_id, child)] or [menu]


def _path(menu: dict) -> str:
    return f"/odoo/{menu.get('actionPath') or 'action-' + str(menu['actionID'])}?menu_id={menu['id']}"
