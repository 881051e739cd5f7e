"""Assignments from before the figures were stored are counted."""

from odoo import SUPERUSER_ID, api

from odoo.addons.leads_agent.figures import count_all


def migrate(cr, version):
    cr.execute("SELECT EXISTS (SELECT FROM leads_agent_assignment WHERE is_assigned IS NULL)")
    if cr.fetchone()[0]:
        count_all(api.Environment(cr, SUPERUSER_ID, {}))
