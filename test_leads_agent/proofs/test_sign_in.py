from odoo.tests import new_test_user, tagged
from odoo.tools import mute_logger

from .marks import ROLES, WHOLE
from .remote import INTERFACES, RemoteCase

MANAGER = next((role for role in ROLES if role.name == "manager"), None)
THIEF = "thief@example.com"


@tagged("post_install", "-at_install", "leads_prove")
class TestSignIn(RemoteCase):
    """With all addons: nothing that a Leads Manager writes, at any interface, changes the e-mail address of a user."""

    @mute_logger("odoo.http", "odoo.addons.base.models.ir_rule", "odoo.models", "odoo.addons.rpc.controllers")
    def test_no_way_to_the_email_of_a_sign_in(self):
        portal = new_test_user(self.env, "portal_pia", groups="base.group_portal", email="pia@example.com")
        partner, company = portal.partner_id, self.world["A"]["partner"]
        partner.parent_id = company
        opportunity = self.env["crm.lead"].create({"name": "Wants more", "partner_id": partner.id})
        other = self.env["crm.lead"].create({"name": "Wants less", "email_from": THIEF})
        command = [[1, partner.id, {"email": THIEF}]]
        calls = (
            ("res.partner", "write", partner.ids, {"vals": {"email": THIEF}}),
            ("res.partner", "web_save", partner.ids, {"vals": {"email": THIEF}, "specification": {}}),
            ("res.partner", "write", company.ids, {"vals": {"child_ids": command}}),
            ("res.partner", "create", None, {"vals_list": [{"name": "New", "child_ids": command}]}),
            ("res.partner", "load", None, {"fields": [".id", "email"], "data": [[str(partner.id), THIEF]]}),
            ("res.users", "write", portal.ids, {"vals": {"email": THIEF}}),
            ("crm.lead", "write", opportunity.ids, {"vals": {"email_from": THIEF}}),
            ("crm.lead", "write", other.ids, {"vals": {"partner_id": partner.id, "email_from": THIEF}}),
            (
                "crm.lead",
                "create",
                None,
                {"vals_list": [{"name": "x", "partner_id": partner.id, "email_from": THIEF}]},
            ),
            ("crm.lead", "merge_opportunity", (other | opportunity).ids, {}),
            ("sale.order", "write", self.world["A"]["quotation"].ids, {"vals": {"partner_id": partner.id}}),
        )
        with self._as(MANAGER):
            self._enter(MANAGER)
            for nr, (model, method, ids, kwargs) in enumerate(calls):
                # In a slice, each call at one interface.
                for interface in INTERFACES if WHOLE else [INTERFACES[nr % len(INTERFACES)]]:
                    with self.subTest(interface=interface, model=model, method=method):
                        with self._rolled_back():
                            self._rpc(interface, model, method, ids, **kwargs)
                            self.env.invalidate_all()
                            self.assertEqual(portal.email, "pia@example.com")
                        with self._rolled_back():
                            self._rpc(interface, "res.partner", "write", company.ids, vals={"email": THIEF})
                            self.env.invalidate_all()
                            self.assertEqual(company.email, THIEF, "everything else is open")
