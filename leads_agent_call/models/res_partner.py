from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import SQL

from odoo.addons.leads_agent.arguments import takes
from odoo.addons.leads_agent.fields import Rows
from odoo.addons.leads_agent.models.res_groups import HOLDERS, MANAGER
from odoo.addons.leads_agent.tools import given

from .. import following, meanwhile
from ..facts import cells_sql, read_lines
from ..refusals import CALL_REFUSALS, has_odd_cells
from ..tools.phone_numbers import Line, is_blocked, read_cell


class ResPartner(models.Model):
    """Calling customers: their time zone and numbers, callbacks and opt-outs, and the buttons."""

    _inherit = "res.partner"

    leads_zone = fields.Char(
        string="Time Zone for Calls",
        readonly=True,
        copy=False,
        prefetch=False,
        help="Confirmed by a colleague when neither the address nor the phone number tells the time zone.",
    )
    is_leads_zone_known = fields.Boolean(
        compute="_compute_is_leads_zone_known",
        compute_sudo=True,
        groups=HOLDERS,
        help="Whether the address, the phone number or a colleague's confirmation tells the customer's time zone.",
    )
    leads_opt_out_ids = Rows(
        "leads.agent.opt.out", "partner_id", string="Do-Not-Call Requests", readonly=True, groups=MANAGER
    )
    leads_call_count = fields.Integer(string="Calls", compute="_compute_leads_call_count", groups=HOLDERS)
    leads_callback_id = fields.Many2one(
        "leads.agent.callback",
        string="Callback",
        compute="_compute_leads_callback_id",
        groups=HOLDERS,
        help="The open callback for this customer.",
    )

    leads_phone_note = fields.Char(
        string="Problem with the Phone Number",
        compute="_compute_leads_phone_note",
        groups=HOLDERS,
        help="Why the phone number cannot be dialed.",
    )

    @api.depends("phone", "country_id", "parent_id.country_id")
    @api.depends_context("lang")
    def _compute_leads_phone_note(self):
        Desk = self.env["leads.agent.desk"]
        for partner in self:
            country = partner.country_id or partner.parent_id.country_id
            line = Line(partner.phone or "", read_cell(partner.phone, country.code))
            partner.leads_phone_note = Desk._number_sentence(line)

    @api.depends("country_id", "state_id", "zip", "phone", "leads_zone")
    def _compute_is_leads_zone_known(self):
        facts_of = self.env["leads.agent.desk"]._facts(self._origin.commercial_partner_id.ids)
        for partner in self:
            facts = facts_of.get(partner._origin.commercial_partner_id.id)
            partner.is_leads_zone_known = not facts or bool(facts.clocks)

    @api.depends_context("uid")
    def _compute_leads_call_count(self):
        counts = dict(
            self.env["leads.agent.call"]._read_group(
                [("partner_id", "in", self.commercial_partner_id.ids)], ["partner_id"], ["__count"]
            )
        )
        for partner in self:
            partner.leads_call_count = counts.get(partner.commercial_partner_id, 0)

    @api.depends_context("uid")
    def _compute_leads_callback_id(self):
        callbacks = self.env["leads.agent.callback"].search(
            [("partner_id", "in", self.commercial_partner_id.ids), ("state", "=", "open")]
        )
        callback_of = callbacks.grouped("partner_id")
        for partner in self:
            partner.leads_callback_id = callback_of.get(partner.commercial_partner_id, False)

    def _leads_check_is_customer(self):
        """Check that the contacts are customers.

        :raises UserError: for a colleague, a company of the database, or a contact of one
        """
        # sudo: res.partner - whether it is one of us
        for partner in self.sudo():
            if partner._leads_is_ours():
                raise UserError(self._leads_ours_sentence(partner.complete_name))

    def _leads_numbers(self):
        """Return all valid numbers of customers and their contacts, including archived ones.

        :returns: ``{customer: [E.164]}``
        """
        contacts = self.with_context(active_test=False).search([("commercial_partner_id", "in", self.ids)])
        numbers_of = {customer: set() for customer in self}
        for contact in contacts:
            country = contact.country_id or contact.commercial_partner_id.country_id
            found = {number.e164 for number in read_cell(contact.phone or "", country.code).numbers}
            numbers_of[contact.commercial_partner_id] |= found | ({contact.phone_sanitized or ""} - {""})
        return {customer: sorted(numbers) for customer, numbers in numbers_of.items()}

    # ------------------------------------------------------------------
    # Refusals
    # ------------------------------------------------------------------

    @api.model
    def _refusals(self):
        return (*CALL_REFUSALS, *super()._refusals())

    @api.model
    def _refusal_names(self, partner_ids, entry_point):
        """Also parse phone fields that may have several numbers, as for calls; SQL only checks the sanitized one."""
        names_of = super()._refusal_names(partner_ids, entry_point)
        cells_of = dict(
            self.env.execute_query(
                SQL(
                    """
                    SELECT c.id, (%(cells)s) FROM res_partner c
                     WHERE c.id = ANY(%(partners)s) AND %(has_odd_cells)s
                    """,
                    cells=cells_sql(self.env, "c"),
                    partners=list(partner_ids),
                    has_odd_cells=has_odd_cells(SQL("c.id")),
                )
            )
        )
        for partner_id, lines in read_lines(self.env, cells_of).items():
            if is_blocked(lines):
                names_of.setdefault(partner_id, set()).add("blacklisted")
        return names_of

    @api.model
    def _flush_refusals(self):
        for model in ("leads.agent.opt.out", "phone.blacklist"):
            self.env[model].flush_model()
        self.env["res.partner"].flush_model(["phone", "phone_sanitized"])
        return super()._flush_refusals()

    # ------------------------------------------------------------------
    # Hooks
    # ------------------------------------------------------------------

    def _on_leads_changed(self):
        self.env["leads.agent.assignment"]._refresh_priorities(Domain("partner_id", "in", self.ids))
        return super()._on_leads_changed()

    def _on_customers_changed(self, change, into=None):
        match change:
            case "archived":
                self.env["leads.agent.callback"]._open_of(self)._close("cancelled")
            case "company":
                following.follow_companies(self)
            case "became":
                meanwhile.pass_to(self.env, into)
            case "ours":
                following.cancel_for(self)
                meanwhile.leave(self)
        return super()._on_customers_changed(change, into)

    # ------------------------------------------------------------------
    # Actions
    # ------------------------------------------------------------------

    @takes(given.one, number=given.text)
    def action_leads_call(self, number=""):
        """Begin a call with the customer, or continue the one that has no outcome yet.

        :param str number: one of several numbers, as for ``leads.agent.call.start``
        :raises UserError: when the customer may not be called now
        """
        self.ensure_one()
        started = self.env["leads.agent.call"].start(self.id, number=number)
        if not started["call_id"]:
            return {
                "type": "ir.actions.client",
                "tag": "leads_agent.choose_number",
                "params": {"partner_id": self.id, "numbers": started["numbers"]},
            }
        return self._leads_dialog("leads.agent.call", self.env._("Call"), res_id=started["call_id"])

    @takes(given.one)
    def action_leads_confirm_zone(self):
        """Open the form to confirm the customer's time zone."""
        self.ensure_one()
        self.check_access("read")
        return self._leads_dialog(
            "leads.agent.zone",
            self.env._("Time Zone of the Customer"),
            default_partner_id=self.commercial_partner_id.id,
        )

    @takes(given.one)
    def action_leads_callback(self):
        """Open the callback of the customer, or the form for a new one."""
        self.ensure_one()
        self.check_access("read")
        return self._leads_dialog(
            "leads.agent.callback",
            self.env._("Callback"),
            res_id=self.leads_callback_id.id,
            default_partner_id=self.commercial_partner_id.id,
        )

    @takes(given.one)
    def action_open_leads_calls(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("leads_agent_call.action_calls")
        return action | {"domain": [("partner_id", "=", self.commercial_partner_id.id)], "context": {}}

    def _leads_dialog(self, model, name, res_id=False, **context):
        return {
            "type": "ir.actions.act_window",
            "name": name,
            "res_model": model,
            "res_id": res_id,
            "view_mode": "form",
            "views": [(False, "form")],
            "target": "new",
            "context": context,
        }
