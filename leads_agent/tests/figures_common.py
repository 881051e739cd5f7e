from contextlib import contextmanager
from datetime import timedelta
from unittest.mock import patch

from freezegun import freeze_time

from odoo import fields
from odoo.sql_db import Cursor

from .common import LeadsAgentCommon

FIGURES = ("assigned", "resolved", "sold", "open", "conversion")


class FiguresCommon(LeadsAgentCommon):
    """The figures of agents, as the agent, the manager and the report read them.

    The company is in Brussels, where the manager works; the agents are in Auckland and Los Angeles.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env.company.leads_agent_tz = "Europe/Brussels"
        # One that leaves the customer free to be given at once
        cls.disposition = cls.env["leads.agent.disposition"].create({"name": "Undecided"})
        cls.manager.tz, cls.agent.tz, cls.other_agent.tz = "Europe/Brussels", "Pacific/Auckland", "America/Los_Angeles"

    @contextmanager
    def _at_time(self, text):
        """Set the time, for Python and for the transaction."""
        with freeze_time(text) as frozen, patch.object(Cursor, "now", lambda _cr: frozen().replace(microsecond=0)):
            yield

    def _later(self):
        """Set the time to an hour from now, after everything done so far."""
        return self._at_time(str(fields.Datetime.now() + timedelta(hours=1)))

    def _settle(self):
        self.env.flush_all()
        self.env.invalidate_all()

    def _figures_of_agent(self, agent):
        """Return the figures on the dashboard of the agent."""
        self._settle()
        figures = self.env["leads.agent.dashboard"].with_user(agent).get_data()["figures"]
        names = {"assigned": "assigned_today", "resolved": "resolved_today", "sold": "sold_today"}
        self.assertValues(agent, figures)
        return {name: figures[names.get(name, name)] for name in FIGURES}

    def assertValues(self, agent, figures):
        """Assert that amounts are those of the rows, which the agent opens by a click."""
        Assignment = self.env["leads.agent.assignment"].with_user(self.manager)
        mine = [("agent_id", "=", agent.id)]
        sold = Assignment.search([*mine, ("is_sale", "=", 1), ("is_ended_today", "=", True)])
        active = Assignment.search([*mine, ("state", "=", "active")])
        self.assertAlmostEqual(sum(sold.mapped("amount_total")), figures["value_sold"], msg="value sold")
        self.assertAlmostEqual(sum(active.mapped("amount_total")), figures["value_open"], msg="value open")

    def _figures_of_report(self, agent):
        """Return the figures in *Leads Analysis*, with the filters of the search."""
        self._settle()
        Assignment = self.env["leads.agent.assignment"].with_user(self.manager)

        def measure(domain, name):
            [[value]] = Assignment._read_group([("agent_id", "=", agent.id), *domain], [], [name])
            return value

        ended = [("is_ended_today", "=", True)]
        return {
            "assigned": measure([("is_assigned_today", "=", True)], "is_assigned:sum") or 0,
            "resolved": measure(ended, "is_resolved:sum") or 0,
            "sold": measure(ended, "is_sale:sum") or 0,
            "open": measure([("state", "=", "active")], "__count"),
            "conversion": measure([("is_recent", "=", True)], "conversion:avg"),
        }

    def _figures_of_manager(self, agent):
        """Return the figures on the card of the agent and, if installed, on the live floor."""
        self._settle()
        card = agent.with_user(self.manager)
        if "leads.agent.floor" in self.env:
            [row] = [
                row
                for row in self.env["leads.agent.floor"].with_user(self.manager).get_data()["agents"]
                if row["id"] == agent.id
            ]
            self.assertEqual(
                (row["sales"], row["open"]), (card.leads_sold_today, card.leads_open_count), "floor and card"
            )
            self.assertValues(agent, row)
        return {"sold": card.leads_sold_today, "open": card.leads_open_count}

    def _figures(self, agent=None):
        """Return the figures of an agent, which are the same in all places."""
        agent = agent or self.agent
        figures, report = self._figures_of_agent(agent), self._figures_of_report(agent)
        for name, value in report.items():
            self.assertEqual(value is False, figures[name] is False, name)
            self.assertAlmostEqual(value, figures[name], msg=name)
        for name, value in self._figures_of_manager(agent).items():
            self.assertEqual(value, figures[name], name)
        return figures

    def assertFigures(self, agent=None, **expected):
        figures = self._figures(agent)
        self.assertAlike({name: figures[name] for name in expected}, expected)

    def assertAlike(self, figures, expected, message=None):
        """Assert equal figures; no conversion differs from a conversion of zero."""
        for name, value in expected.items():
            self.assertEqual(figures[name] is False, value is False, f"{name}: {figures}, {expected}. {message or ''}")
            self.assertAlmostEqual(figures[name], value, msg=f"{name}: {figures}, {expected}. {message or ''}")
