from odoo.exceptions import AccessError, UserError
from odoo.service.model import call_kw
from odoo.tests import new_test_user, tagged
from odoo.tools import mute_logger

from .common import LeadsAgentCommon

NAME = {"fields": {"record_name": {}}}


@tagged("post_install", "-at_install")
class TestLinksBeside(LeadsAgentCommon):
    """A model and a number make a document also where each comes from another place."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env.company.leads_agent_lock_assigned = True
        cls.mine, cls.theirs = cls._lead("Mine"), cls._lead("CNRY Theirs")
        cls._assign(cls.mine)
        cls.order = cls.mine.sale_order_ids
        cls.portal = new_test_user(cls.env, "portal_paul", groups="base.group_portal")
        cls.note = cls.mine.with_user(cls.agent).message_post(body="Called")

    def _call(self, model, method, *args, user=None, context=None):
        """A call from outside, as all interfaces make it."""
        env = self.env(user=user or self.agent)
        with mute_logger("odoo.models", "odoo.addons.base.models.ir_rule"):
            result = call_kw(env[model], method, list(args), {"context": context or {}})
        self.env.flush_all()
        self.env.invalidate_all()
        return result

    def _names_in_lines(self, line, user, context=None, line_context=None):
        spec = {"child_ids": {**NAME, "context": line_context or {}}}
        values = {"child_ids": [[0, "virtual_1", line]]}
        return repr(self._call("mail.message", "onchange", [], values, [], spec, user=user, context=context))

    def test_what_one_model_of_a_form_takes_away_no_other_gives_back(self):
        """Files have the number of a document as well, but call its model otherwise."""
        spec = {"record_name": {}, "attachment_ids": {"fields": {"name": {}}}, "parent_id": NAME}
        for user in (self.agent, self.portal):
            context = {"default_model": "res.partner", "default_res_id": self.theirs.id}
            answer = repr(self._call("mail.message", "onchange", [], {}, [], spec, user=user, context=context))
            self.assertNotIn("CNRY", answer)

    def test_lines_of_a_form_with_defaults_name_no_document_out_of_sight(self):
        model, number = {"model": "res.partner"}, {"res_id": self.theirs.id}
        default_model, default_number = {"default_model": "res.partner"}, {"default_res_id": self.theirs.id}
        for user in (self.agent, self.portal):
            with self.subTest(user=user.login):
                self.assertNotIn("CNRY", self._names_in_lines(number, user, default_model))
                self.assertNotIn("CNRY", self._names_in_lines(model, user, default_number))
                self.assertNotIn("CNRY", self._names_in_lines({}, user, default_model | default_number))
                self.assertNotIn("CNRY", self._names_in_lines(number, user, line_context=default_model))
                self.assertNotIn("CNRY", self._names_in_lines(model, user, line_context=default_number))
                self.assertNotIn("CNRY", self._names_in_lines({}, user, None, default_model | default_number))
                self.assertNotIn("CNRY", self._names_in_lines(number, user, default_model, {"a": 1}))

    def test_lines_of_a_form_name_documents_in_sight(self):
        number, default_model = {"res_id": self.mine.id}, {"default_model": "res.partner"}
        for user in (self.agent, self.salesperson):
            self.assertIn("Mine", self._names_in_lines(number, user, default_model))
        self.assertIn("CNRY", self._names_in_lines({"res_id": self.theirs.id}, self.salesperson, default_model))

    def test_a_dialog_takes_no_model_from_its_parent_or_the_context_for_a_number_out_of_sight(self):
        for values, context in (
            ({"parent_id": self.note.id}, {}),
            ({"parent_id": str(self.note.id), "model": "res.country"}, {}),
            ({}, {"active_model": "res.partner"}),
            ({"parent_id": self.note.id}, {"default_res_ids": f"[{self.theirs.id}]"}),
        ):
            if "default_res_ids" not in context:
                values["res_ids"] = f"[{self.theirs.id}]"
            with self.subTest(values=values, context=context), self.assertRaises(AccessError):
                self._call("mail.compose.message", "create", values, context=context)

    def test_a_dialog_takes_the_model_of_its_parent_for_a_number_in_sight(self):
        values = {"parent_id": self.note.id, "res_ids": f"[{self.mine.id}]"}
        composer_id = self._call("mail.compose.message", "create", values)
        [composer] = self._call("mail.compose.message", "read", [composer_id], ["model", "subject"])
        self.assertEqual((composer["model"], composer["subject"]), ("res.partner", "Mine"))

    def test_the_model_that_a_button_sends_counts_before_that_of_the_records_it_stands_on(self):
        context = {
            "default_model": "res.partner",
            "default_res_ids": f"[{self.mine.id}]",
            "active_model": "sale.order",
            "active_id": self.order.id,
            "active_ids": self.order.ids,
        }
        values = {"parent_id": False, "composition_mode": "comment"}
        for user in (self.agent, self.salesperson):
            with self.subTest(user=user.login):
                arguments = ([], values, [], {"subject": {}, "model": {}, "res_ids": {}})
                answer = self._call("mail.compose.message", "onchange", *arguments, user=user, context=context)
                self.assertEqual(answer["value"]["subject"], "Mine")

    def test_a_widened_name_is_read_as_any_other(self):
        theirs = self.theirs.with_user(self.agent).with_context(show_email=True)
        self.env.invalidate_all()
        with self.assertRaises(AccessError):
            theirs.mapped("display_name")
        self.assertIn("CNRY", theirs.sudo().display_name)

    def test_writing_the_model_of_several_records_leaves_their_numbers_alone(self):
        others = self._lead("Other")
        self._assign(others)
        documents = self.mine | others
        files = self._call(
            "ir.attachment",
            "create",
            [{"name": "x", "res_model": "res.partner", "res_id": document.id} for document in documents],
        )
        self._call("ir.attachment", "write", files, {"res_model": "res.partner"})
        self.assertEqual(self.env["ir.attachment"].browse(files).mapped("res_id"), documents.ids)

    def test_names_of_new_rows_are_none_where_rows_are_written(self):
        for command in ([4, "virtual_1", 0], [1, "virtual_1", {"name": "x"}]):
            with self.subTest(command=command), self.assertRaises(UserError):
                self._call("sale.order", "write", self.order.ids, {"order_line": [command]})

    def test_what_is_asked_of_a_document_leaves_nothing_behind_in_the_form(self):
        context = {
            "default_model": "sale.order",
            "default_res_ids": self.order.ids,
            "default_composition_mode": "comment",
        }
        for user in (self.agent, self.salesperson):
            spec = {"model": {}, "res_ids": {}, "subject": {}}
            answer = self._call("mail.compose.message", "onchange", [], {}, [], spec, user=user, context=context)
            self.assertEqual(answer["value"]["subject"], self.order.name)
