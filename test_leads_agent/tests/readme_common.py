from datetime import datetime, timedelta
from unittest.mock import patch

import pytz
from freezegun import freeze_time

from odoo.sql_db import BaseCursor
from odoo.tests import HttpCase
from odoo.tests.common import ChromeBrowser
from odoo.tools import SQL

from odoo.addons.leads_agent.demo.leads_agent_demo import DESK_ZONE, Story

# What the story has written, in an order in which it can be deleted. Nothing else is in a test database.
STORY_TABLES = (
    "leads_agent_history",
    "leads_agent_callback",
    "leads_agent_call",
    "leads_agent_batch_assign",
    "leads_agent_resolve",
    "leads_agent_assignment",
)
LOADERS = ("_load_demo", "_load_calls", "_load_offers")
# The browser's clock, moved as that of the server is. Its own goes on.
MOVED_CLOCK = """(() => {
    const [moved, Real] = [%d, Date];
    window.Date = new Proxy(Real, {
        construct: (target, args, as) => Reflect.construct(target, args.length ? args : [Real.now() + moved], as),
        apply: () => new window.Date().toString(),
        get: (target, name) => (name === "now" ? () => Real.now() + moved : Reflect.get(target, name)),
    });
})();"""


class ReadmeCommon(HttpCase):
    """The demo as if its database had been made at a moment of the week, with the clocks of Odoo and of the browser.

    The story is told again at that moment, as nothing of it may be older or younger than it is in a new demo.
    """

    # Monday is 0; the hour is that of the desk.
    weekday = hour = None

    @classmethod
    def setUpClass(cls):
        moved = cls._moment() - datetime.utcnow()
        # As the clock of the machine, it goes on.
        cls.freeze_time = freeze_time(cls._moment(), tick=True)
        super().setUpClass()
        cls.startClassPatcher(patch.object(BaseCursor, "now", lambda cursor: datetime.utcnow()))
        cls._tell_the_story_again()
        cls.startClassPatcher(cls._browser_clock(moved))

    @classmethod
    def _moment(cls):
        """The next such moment in UTC: cookies, of which the browser knows the real age, must not be over."""
        zone = pytz.timezone(DESK_ZONE)
        today = datetime.now(zone).date()
        day = today + timedelta(days=(cls.weekday - today.weekday()) % 7 or 7)
        local = zone.localize(datetime(day.year, day.month, day.day, cls.hour))
        return local.astimezone(pytz.utc).replace(tzinfo=None)

    @staticmethod
    def _browser_clock(moved):
        navigate = ChromeBrowser.navigate_to
        source = MOVED_CLOCK % (moved / timedelta(milliseconds=1))

        def navigate_at_the_moment(browser, url, wait_stop=False):
            browser._websocket_request("Page.addScriptToEvaluateOnNewDocument", params={"source": source})
            return navigate(browser, url, wait_stop)

        return patch.object(ChromeBrowser, "navigate_to", navigate_at_the_moment)

    @classmethod
    def _tell_the_story_again(cls):
        env = cls.env
        names = env["ir.model.data"].search([("module", "=", "leads_agent"), ("model", "=", "sale.order")])
        told = {
            "res.partner": Story.customers(env).ids,
            "sale.order": names.mapped("res_id"),
            "crm.lead": env["crm.lead"].search([("email_from", "like", "@enquiry")]).ids,
        }
        names.unlink()
        env.flush_all()
        for table in STORY_TABLES:
            env.cr.execute(SQL("DELETE FROM %s", SQL.identifier(table)))
        for model, ids in told.items():
            env.cr.execute(SQL("DELETE FROM mail_activity WHERE res_model = %s AND res_id = ANY(%s)", model, ids))
            env.cr.execute(SQL("DELETE FROM mail_message WHERE model = %s AND res_id = ANY(%s)", model, ids))
        for model in ("sale.order", "crm.lead"):
            env.cr.execute(SQL("DELETE FROM %s WHERE id = ANY(%s)", SQL.identifier(env[model]._table), told[model]))
        for table in ("res_partner", "sale_order"):
            env.cr.execute(SQL("UPDATE %s SET leads_agent_id = NULL", SQL.identifier(table)))
        env.invalidate_all(flush=False)
        for loader in LOADERS:
            getattr(env["leads.agent.demo"], loader)()
        env.flush_all()
