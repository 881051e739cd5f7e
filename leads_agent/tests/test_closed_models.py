from psycopg2 import IntegrityError

from odoo.exceptions import AccessError, ValidationError
from odoo.fields import Command
from odoo.tests import tagged
from odoo.tools import mute_logger

from ..hooks import uninstall_hook
from ..models.leads_agent_closed_model import SHAPES
from .closed_common import ClosedCommon
from .common import AGENT


@tagged("post_install", "-at_install")
class TestClosedModels(ClosedCommon):
    # ------------------------------------------------------------------
    # What agents still see
    # ------------------------------------------------------------------

    def test_each_link_of_each_shape_hides_what_is_out_of_sight(self):
        archived = self._lead("Archived")
        archived.active = False
        cases = (
            ("customer", "x_partner_id", self.mine.id, self.nobodys.id),
            ("customer", "x_partner_id", False, archived.id),
            ("customer", "x_partner_ids", self.mine.ids, (self.mine | self.nobodys).ids),
            ("customer", "x_partner_ids", [], archived.ids),
            ("order", "x_order_id", self._draft().id, self.nobodys.sale_order_ids.id),
            ("order", "x_order_id", False, self.sold.id),
            ("order", "x_line_id", False, self.sold.order_line.id),
            ("order", "x_line_id", self._draft().order_line.id, self.nobodys.sale_order_ids.order_line.id),
            ("order", "x_order_ids", self._draft().ids, (self._draft() | self.sold).ids),
            ("document", "x_ref", f"res.partner,{self.mine.id}", f"res.partner,{self.nobodys.id}"),
            ("document", "x_ref", f"res.currency,{self.env.company.currency_id.id}", f"sale.order,{self.sold.id}"),
            ("document", "x_ref", False, f"res.partner,{archived.id}"),
            ("own", "x_user_id", self.agent.id, self.other_agent.id),
            ("own", "x_user_ids", (self.agent | self.other_agent).ids, []),
        )
        for shape, name, shown, hidden in cases:
            pair = self._ticket(**{name: shown}) | self._ticket(**{name: hidden})
            self.assertEqual(self._seen(pair), pair)
            closed = self._close(shape, [name])
            with self.subTest(shape=shape, field=name, hidden=hidden):
                self.assertEqual(self._seen(pair), pair[0])
                for user in (self.manager, self.salesperson, self.plain):
                    self.assertEqual(self._seen(pair, user), pair)
            closed.unlink()
            self.assertEqual(self._seen(pair), pair)

    def _draft(self):
        return self.mine.sale_order_ids.filtered(lambda order: order.state == "draft")[:1]

    def test_nothing_is_nothing(self):
        ticket = self._ticket(x_user_id=self.agent.id)
        self._close("nothing")
        self.assertFalse(self._seen(ticket))

    def test_it_follows_the_settings_and_the_clock(self):
        tickets = self._ticket(x_partner_id=self.nobodys.id) | self._ticket(x_order_id=self.sold.id)
        tickets |= self._ticket(x_ref=f"sale.order,{self.sold.id}")
        self._close()
        self.assertFalse(self._seen(tickets))
        self.env.company.leads_agent_view_non_partial = True
        self.assertEqual(self._seen(tickets), tickets[1:])
        self.env.company.leads_agent_lock_assigned = False
        self.assertEqual(self._seen(tickets), tickets)
        self.env.company.write({"leads_agent_lock_assigned": True, "leads_agent_view_non_partial": False})
        mine = self._ticket(x_partner_id=self.mine.id, x_ref=f"res.partner,{self.mine.id}")
        self.assertEqual(self._seen(mine), mine)
        self._active(self.mine).with_user(self.manager).action_unassign()
        self.assertFalse(self._seen(mine))

    def test_what_is_hidden_is_neither_changed_nor_made_nor_deleted(self):
        hidden, shown = self._ticket(x_partner_id=self.nobodys.id), self._ticket(x_partner_id=self.mine.id)
        self._close("customer", ["x_partner_id"])
        shown.with_user(self.agent).write({"x_name": "Mended"})
        for touch in (
            lambda: hidden.with_user(self.agent).write({"x_name": "x"}),
            lambda: hidden.with_user(self.agent).unlink(),
            lambda: hidden.with_user(self.agent).create({"x_partner_id": self.nobodys.id}),
        ):
            with (
                self.assertRaises(AccessError),
                mute_logger("odoo.addons.base.models.ir_rule"),
                self.cr.savepoint(),
            ):
                touch()

    # ------------------------------------------------------------------
    # Its life
    # ------------------------------------------------------------------

    def test_it_is_opened_and_closed_again(self):
        ticket = self._ticket(x_partner_id=self.nobodys.id)
        closed = self._close()
        rule = closed.sudo().rule_id
        self.assertFalse(self._seen(ticket))
        closed.action_open_again()
        self.assertEqual(self._seen(ticket), ticket)
        self.assertFalse(rule.exists() or closed.active)
        closed.action_close()
        self.assertFalse(self._seen(ticket))
        self.assertEqual(len(self.env["ir.rule"].search([("model_id", "=", self.model.id)])), 1)
        closed.shape = "own"
        self.assertEqual(closed.field_ids.mapped("name"), closed._candidates().mapped("name"))
        self.assertFalse(self._seen(ticket))
        closed.copy()
        self.assertEqual(len(self.env["ir.rule"].search([("model_id", "=", self.model.id)])), 1)
        closed.unlink()
        self.assertEqual(self._seen(ticket), ticket)

    def test_it_goes_with_our_addon_and_with_its_app(self):
        closed = self._close()
        rule = closed.sudo().rule_id
        uninstall_hook(self.env)
        self.assertFalse(rule.exists() or closed.exists())
        closed = self._close(user=self.env.ref("base.user_root"))
        rule = closed.sudo().rule_id
        self.model.with_context(_force_unlink=True).unlink()
        self.env.invalidate_all()
        self.assertFalse(rule.exists() or closed.exists())

    def test_links_that_an_uninstalled_app_took_along_close_it_all(self):
        ticket = self._ticket(x_partner_id=self.mine.id)
        closed = self._close("customer", ["x_partner_id"])
        closed.field_ids.sudo().with_context(_force_unlink=True).unlink()
        self.env.invalidate_all()
        self.assertFalse(self._seen(ticket))
        with mute_logger("odoo.addons.leads_agent.models.leads_agent_closed_model"):
            self.env["leads.agent.closed.model"]._register_hook()
        self.assertEqual(closed.shape, "nothing")
        self.assertFalse(self._seen(ticket))

    # ------------------------------------------------------------------
    # Refusals
    # ------------------------------------------------------------------

    def test_what_agents_need_is_refused_with_the_list(self):
        for name in (
            *("res.partner", "sale.order", "sale.order.line", "res.users", "res.company", "product.product"),
            *("mail.message", "mail.activity", "mail.followers", "leads.agent.assignment", "leads.agent.closed.model"),
            *("ir.rule", "ir.attachment", "res.partner.bank", "account.tax", "uom.uom", "res.currency", "crm.team"),
        ):
            with self.subTest(name), self.assertRefused(ValidationError, "(?s)need this for their work.*Sales Order"):
                self.env["leads.agent.closed.model"].with_user(self.admin).create(
                    {"model_id": self.env["ir.model"]._get_id(name), "shape": "nothing"}
                )
        self.assertNotIn("sale.order", self._closable())
        self.assertIn("x_leads_ticket", self._closable())

    def _closable(self):
        return self.env["leads.agent.closed.model"]._closable_models().sudo().mapped("model")

    def test_no_model_that_an_agent_works_with_can_be_closed(self):
        """Nothing that has a right or rule of ours, and nothing of the machinery."""
        closable = set(self._closable())
        modules = self.env["ir.module.module"].search(
            [("name", "=like", "leads\\_agent%"), ("state", "=", "installed")]
        )
        for model in ("ir.model.access", "ir.rule"):
            data = self.env["ir.model.data"].search([("model", "=", model), ("module", "in", modules.mapped("name"))])
            self.assertFalse(closable & set(self.env[model].browse(data.mapped("res_id")).model_id.mapped("model")))
        self.assertFalse([name for name in closable if name.startswith(("leads.agent", "mail.", "ir.", "res.users"))])

    def test_bad_input_gets_a_sentence(self):
        create = self.env["leads.agent.closed.model"].with_user(self.admin).create
        foreign = self.env["ir.model.fields"]._get("sale.report", "partner_id")
        other = self.env["ir.model.fields"]._get("x_leads_ticket", "x_user_id")
        for vals, sentence in (
            ({"shape": "customer", "field_ids": [Command.set(foreign.ids)]}, "Choose one or more of these links"),
            ({"shape": "customer", "field_ids": [Command.set(other.ids)]}, r"x_partner_id"),
            ({"shape": "links", "field_ids": [Command.clear()]}, "Choose one or more"),
            ({"shape": "nothing", "field_ids": [Command.set(other.ids)]}, "the links do not matter"),
            (
                {"model_id": self.env["ir.model"]._get_id("res.config.settings"), "shape": "nothing"},
                "need|does not store records",
            ),
            (
                {"model_id": self.env["ir.model"]._get_id("payment.capture.wizard"), "shape": "nothing"},
                "does not store records",
            ),
        ):
            with self.subTest(vals=vals), self.assertRefused(ValidationError, sentence), self.cr.savepoint():
                create({"model_id": self.model.id, **vals})
        plain = self._model("x_leads_plain", "Plain", {})
        with self.assertRefused(ValidationError, "no stored field for such a link"), self.cr.savepoint():
            create({"model_id": plain.id, "shape": "customer"})
        self.assertEqual(create({"model_id": plain.id}).shape, "own", "of those who made them")

    def test_two_administrators_close_it_at_once(self):
        self._close()
        with (
            self.assertRaises(IntegrityError) as caught,
            mute_logger("odoo.sql_db"),
            self.cr.savepoint(),
        ):
            self._close()
        index = self.env["leads.agent.closed.model"]._table_objects[caught.exception.diag.constraint_name]
        self.assertEqual(
            index.get_error_message(self.env["leads.agent.closed.model"], caught.exception.diag),
            "This model is already closed to agents.",
        )

    def test_administrators_close_managers_read_agents_neither(self):
        closed = self._close()
        self.assertEqual(closed.with_user(self.manager).read(["name", "explanation", "shape"])[0]["name"], "Ticket")
        with mute_logger("odoo.models", "odoo.addons.base.models.ir_model"):
            for call in (
                lambda: closed.with_user(self.manager).action_open_again(),
                lambda: closed.with_user(self.manager).unlink(),
                lambda: self._close(user=self.manager),
                lambda: closed.with_user(self.agent).read(["name"]),
                lambda: closed.with_user(self.admin).write({"rule_id": self.env.ref("leads_agent.rule_order_lock").id}),
            ):
                with self.assertRaises(AccessError), self.cr.savepoint():
                    call()

    def test_others_read_the_model_by_the_same_query(self):
        tickets = self._ticket()
        queries = []
        for _closed in (False, True):
            self.env.registry.clear_cache()
            queries.append(tickets.with_user(self.salesperson)._search([]).select().code)
            if not _closed:
                self._close()
        self.assertEqual(*queries)

    def test_every_shape_goes_by_links(self):
        shapes = dict(self.env["leads.agent.closed.model"]._fields["shape"].selection)
        self.assertEqual(set(shapes) - SHAPES.keys(), {"nothing"})
        self.assertIn(AGENT, self._close().sudo().rule_id.domain_force)
