"""How long three people need from the click on *Log in* to what they came for, in Chromium, with nothing in its cache.

Each acts once a second at most, as somebody who has been shown where to click. Clicks are counted after the one on
*Log in*.
"""

import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass

from sandbox import browser, databases
from sandbox.commands.demo import warm_up
from sandbox.console import Trouble, step
from sandbox.figures import Figure
from sandbox.odoo_process import Odoo, free_port, wait_for_http
from sandbox.paths import LOGS, made

DATABASE = "leads_first_minutes"
SECONDS_BETWEEN_ACTIONS = 1
WIDTH, HEIGHT = 1280, 800
# The access level of an agent on the form of a user.
LEVEL = (
    "//*[@name='group_ids']//*[contains(@class, 'o_wrap_label')][contains(., 'Leads Agent')]"
    "/following-sibling::*[1]//*[contains(@class, 'o_select_menu_toggler')]"
)


class Person:
    """Somebody in front of the browser, who does one thing after the other."""

    def __init__(self, tab: browser.Browser):
        self.tab, self.clicks, self.acted_at = tab, 0, 0.0

    def see(self, selector: str, text: str = "") -> None:
        self.tab.find(selector, text)

    def press(self, selector: str, text: str = "") -> None:
        self.tab.find(selector, text)
        self._wait_a_second()
        self.tab.press(selector, text)
        self.clicks += 1

    def fill(self, selector: str, text: str) -> None:
        """Click into a field and type."""
        self.press(selector)
        self.tab.type(text)

    def open_app(self, xmlid: str) -> None:
        self.press(".o_navbar_apps_menu button")
        self.press(f'.o-dropdown--menu [data-menu-xmlid="{xmlid}"]')

    def open_menu(self, *xmlids: str) -> None:
        for xmlid in xmlids:
            self.press(f'[data-menu-xmlid="{xmlid}"]')

    def choose(self, field: str, text: str) -> None:
        """Take a record in a field of a dialog."""
        self.fill(f".modal .o_field_widget[name={field}] input", text)
        self.press(".o-autocomplete--dropdown-item:not(.o_m2o_dropdown_option) a", text)

    def _wait_a_second(self) -> None:
        time.sleep(max(0.0, self.acted_at + SECONDS_BETWEEN_ACTIONS - time.monotonic()))
        self.acted_at = time.monotonic()


@dataclass(frozen=True)
class Goal:
    """What somebody came for, and within which bounds."""

    login: str
    name: str
    reach: Callable[[Person], None]
    most_seconds: int
    most_clicks: int | None = None


def first_call(agent: Person) -> None:
    agent.press(".o_leads_agent_desk button[name=next]")
    agent.press(".o_leads_agent_desk button[name=call]")
    agent.see(".o_leads_agent_desk .o_leads_agent_timer")


def first_batch(manager: Person) -> None:
    manager.see(".o_main_navbar .o_menu_brand")
    if not manager.tab.is_there('.o_menu_sections [data-menu-xmlid="leads_agent.menu_orders_root"]'):
        manager.open_app("leads_agent.menu_root")
    manager.open_menu("leads_agent.menu_orders_root", "leads_agent.menu_orders")
    manager.see(".o_list_view .o_data_row")
    manager.press(".o_searchview_dropdown_toggler")
    manager.press(".o_search_bar_menu .o_menu_item", "Customer Not Assigned")
    manager.press(".o_searchview_dropdown_toggler")
    manager.press("thead .o_list_record_selector input")
    manager.press(".o_control_panel button[name=action_assign_leads]")
    manager.choose("agent_id", "David Okafor")
    manager.press(".modal button[name=action_assign]")
    manager.see(".modal .o_leads_agent_result_title", "assigned")


def first_lead_of_a_new_user(admin: Person) -> None:
    admin.open_app("base.menu_administration")
    admin.open_menu("base.menu_users", "base.menu_action_res_users")
    admin.press(".o_list_button_add")
    admin.fill(".o_form_view .o_field_widget[name=name] input", "Nina New")
    admin.fill(".o_form_view .o_field_widget[name=login] input", "nina@example.com")
    admin.press(LEVEL)
    admin.press(".o_select_menu_item", "Agent")
    admin.press(".o_form_button_save")
    admin.press(".o_notebook .nav-link", "Assigned Leads")
    admin.press(".o_notebook button[name=action_assign_lead]")
    admin.choose("partner_id", "Veldkamp Notarissen")
    admin.press(".modal button[name=action_assign]")
    admin.see(".o_field_widget[name=leads_assignment_ids] .o_data_row", "Veldkamp Notarissen")


GOALS = (
    Goal("anna", "an agent to the first call", first_call, 30, 3),
    Goal("admin", "an administrator from a new user to a first assigned lead", first_lead_of_a_new_user, 90),
    Goal("morgan", "a manager to the first batch", first_batch, 60),
)


def prove(odoo: Odoo) -> list[Figure]:
    """Let each sign in and act, and return the times.

    :raises Trouble: when somebody needs longer, or more clicks
    """
    databases.prepare(odoo, DATABASE, afresh=True).release()
    port = free_port()
    conf = odoo.configuration(DATABASE, http_port=port)
    with (
        open(made(LOGS) / "first_minutes.log", "w") as log,
        odoo.process(["-c", conf], stdout=log, stderr=subprocess.STDOUT) as running,
    ):
        if not wait_for_http(running, port):
            raise Trouble(f"Odoo did not start. Its log: {log.name}")
        base = f"http://localhost:{port}"
        warm_up(base)
        figures = [figure for goal in GOALS for figure in _reached(goal, base)]
    databases.drop(odoo, DATABASE)
    return figures


def _reached(goal: Goal, base: str) -> list[Figure]:
    with step(f"{goal.login}: {goal.name}"), browser.opened() as tab:
        tab.resize(WIDTH, HEIGHT)
        tab.open(f"{base}/web/login")
        person = Person(tab)
        person.fill(".oe_login_form input[name=login]", goal.login)
        person.fill(".oe_login_form input[name=password]", goal.login)
        person.press(".oe_login_form button[type=submit]")
        # What counts is after this click.
        begun, person.clicks = time.monotonic(), 0
        goal.reach(person)
        seconds = time.monotonic() - begun
    if seconds > goal.most_seconds or (goal.most_clicks and person.clicks > goal.most_clicks):
        raise Trouble(f"{goal.name}: {seconds:.1f} s and {person.clicks} clicks, not within {goal.most_seconds} s")
    return [
        Figure("first minutes", goal.name, "seconds", f"{seconds:.1f} of {goal.most_seconds}"),
        Figure("first minutes", goal.name, "clicks", f"{person.clicks}"),
    ]
