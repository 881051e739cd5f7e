from datetime import datetime, timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import SQL

from odoo.addons.leads_agent.arguments import takes
from odoo.addons.leads_agent.fields import Link
from odoo.addons.leads_agent.tools import given

from .. import following

CHANNELS = [("call", "Calls")]


class LeadsAgentOptOut(models.Model):
    """A customer does not want to be called, whatever number is entered or corrected.

    It belongs to the customer, not to a number: it applies to the whole commercial entity that the contact currently
    belongs to, so it stays valid after merges, moves, imports and corrections. It ends at its own time, or when a
    manager lifts it with a reason, which is kept. Valid numbers are also added to the do-not-call list.
    """

    _name = "leads.agent.opt.out"
    _description = "Customer Who Does Not Want Calls"
    _order = "id desc"
    _rec_name = "partner_id"

    partner_id = Link("res.partner", string="Customer", required=True, readonly=True, index=True, ondelete="cascade")
    channel = fields.Selection(CHANNELS, required=True, readonly=True, default="call")
    disposition_id = Link(
        "leads.agent.disposition", string="Outcome", readonly=True, ondelete="restrict", index="btree_not_null"
    )
    until = fields.Datetime(
        readonly=True, help="The customer may be called again from this date. Leave empty for never."
    )
    numbers = fields.Char(readonly=True, help="The phone numbers added to the do-not-call list with it.")
    is_in_force = fields.Boolean(string="In Force", compute="_compute_is_in_force", search="_search_is_in_force")
    lifted_at = fields.Datetime(readonly=True)
    lifted_by_id = Link("res.users", readonly=True, ondelete="restrict")
    lift_reason = fields.Char(string="Reason for Allowing Calls", readonly=True)

    @api.depends("lifted_at", "until")
    def _compute_is_in_force(self):
        now = fields.Datetime.now()
        for row in self:
            row.is_in_force = not row.lifted_at and not (row.until and row.until <= now)

    def _search_is_in_force(self, operator, value):
        if operator != "in":
            return NotImplemented
        ended = Domain("until", "!=", False) & Domain("until", "<=", fields.Datetime.now())
        domain = Domain("lifted_at", "=", False) & ~ended
        return domain if True in value else ~domain

    @api.model
    def _condition(self, customer, channel="call"):
        """SQL condition: a customer, or a contact that now belongs to it, does not want calls.

        :param SQL customer: the ID of the customer
        """
        return SQL(
            """EXISTS (
                SELECT FROM res_partner e JOIN leads_agent_opt_out x ON x.partner_id = e.id
                 WHERE e.commercial_partner_id = %s AND x.channel = %s AND x.lifted_at IS NULL
                   AND (x.until IS NULL OR x.until > %s))""",
            customer,
            channel,
            fields.Datetime.now(),
        )

    @api.model
    def _record(self, customers, disposition=None, until=False, **source):
        """Elevated: record opt-outs of customers, and add their numbers to the do-not-call list.

        :param disposition: the outcome of the call in which they opted out
        :param source: more values of the rows, if it was not in a call
        """
        numbers_of = customers._leads_numbers()
        numbers = {number for numbers in numbers_of.values() for number in numbers}
        others = self._blocked_by_others(numbers)
        self.create(
            [
                {
                    "partner_id": customer.id,
                    "disposition_id": disposition.id if disposition else False,
                    "until": until,
                    "numbers": ", ".join(nr for nr in numbers_of[customer] if nr not in others) or False,
                    **source,
                }
                for customer in customers
            ]
        )
        following.cancel_for(customers.with_env(self.env))
        if numbers:
            self.env["phone.blacklist"]._leads_block(sorted(numbers), until)

    @api.model
    def _adopt_outcomes(self):
        """Elevated, for upgrades: record customers who opted out before opt-outs were stored.

        Customers whose numbers were since removed from the do-not-call list manually are left out.
        """
        ends, outcome_of = {}, {}
        for model in ("leads.agent.assignment", "leads.agent.call"):
            for row in self.env[model].search([("disposition_id.do_not_call", "=", True), ("ended_at", "!=", False)]):
                days, customer = row.disposition_id.do_not_call_days, row.partner_id.commercial_partner_id
                end = row.ended_at + timedelta(days=days) if days else datetime.max
                if end > max(fields.Datetime.now(), ends.get(customer, datetime.min)):
                    ends[customer], outcome_of[customer] = end, row.disposition_id
        customers = self.env["res.partner"].union(*ends)
        customers -= self.search([("partner_id", "child_of", customers.ids)]).partner_id.commercial_partner_id
        numbers_of = customers._leads_numbers()
        known = {number for numbers in numbers_of.values() for number in numbers}
        blocked = self.env["phone.blacklist"]._leads_blocked(known)
        entries = self.env["phone.blacklist"].with_context(active_test=False).search([("number", "in", list(known))])
        lifted = set(entries.mapped("number")) - blocked
        return self.create(
            [
                {
                    "partner_id": customer.id,
                    "disposition_id": outcome_of[customer].id,
                    "until": ends[customer] != datetime.max and ends[customer],
                    "numbers": ", ".join(number for number in numbers if number in blocked) or False,
                }
                for customer, numbers in numbers_of.items()
                if blocked.intersection(numbers) or lifted.isdisjoint(numbers)
            ]
        )

    @api.model
    def _blocked_by_others(self, numbers):
        """Return the numbers that are on the do-not-call list permanently, and not because of an opt-out."""
        listed = self.env["phone.blacklist"].search([("number", "in", sorted(numbers)), ("leads_until", "=", False)])
        found = set(listed.mapped("number"))
        return found - self._naming(found)._split_numbers() if found else found

    def _naming(self, numbers):
        """Return the opt-outs in force that put any of the numbers on the do-not-call list."""
        return self.search(
            Domain("is_in_force", "=", True) & Domain.OR(Domain("numbers", "ilike", number) for number in numbers)
        )

    @takes(given.some, reason=given.text)
    def action_lift(self, reason):
        """Allow calls to the customer again. The numbers added with the opt-out leave the do-not-call list.

        :param str reason: is kept
        :raises AccessError: when the user is not a Leads Manager
        :raises UserError: without a reason
        """
        self.env.user._check_leads_manager()
        self.check_access("read")
        if not reason.strip():
            raise UserError(self.env._("Enter why the customer may be called again. The reason stays on record."))
        # sudo: leads.agent.opt.out - managers may lift it, and users cannot write it otherwise
        self.sudo()._lift(reason.strip(), self.env.user)
        return True

    def _lift(self, reason, user=None):
        """Elevated: end these opt-outs now.

        :param user: the manager who lifts them; nobody when customers changed their minds
        """
        rows = self.filtered("is_in_force")
        rows.write(
            {"lifted_at": fields.Datetime.now(), "lifted_by_id": user.id if user else False, "lift_reason": reason}
        )
        rows._unblock_numbers(reason)
        author = user.partner_id if user else self.env.ref("base.partner_root")
        for row in rows:
            row.partner_id._message_log(body=row._lifted_sentence(reason), author_id=author.id)

    def _lifted_sentence(self, reason):
        return self.env._("Can be called again. Reason: %s", reason)

    def _unblock_numbers(self, reason):
        """Elevated: remove the numbers of these opt-outs from the do-not-call list, unless others include them."""
        numbers = self._split_numbers()
        if not numbers:
            return
        others = self._naming(numbers)
        Blacklist = self.env["phone.blacklist"]
        if freed := numbers - others._split_numbers():
            Blacklist._remove(sorted(freed), message=reason)
        for entry in Blacklist.search([("number", "in", sorted(numbers - freed))]):
            # A number stays on the list as long as the other opt-outs last.
            untils = [row.until for row in others if entry.number in row._split_numbers()]
            entry.leads_until = max(untils) if all(untils) else False

    def _split_numbers(self):
        return {number for row in self.filtered("numbers") for number in row.numbers.split(", ")}
