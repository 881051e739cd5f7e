"""Findings on single overrides: what leaks, is allowed or fails without one of them."""

from types import SimpleNamespace
from unittest.mock import patch

from odoo.exceptions import AccessError
from odoo.fields import Command

from odoo.addons.leads_agent.exceptions import CustomerOutOfSight
from odoo.addons.mail.tools.discuss import Store

from .findings import finds, thing
from .marks import marks_in


def debug_error(test, env):
    debug = SimpleNamespace(session=SimpleNamespace(debug="1"))
    try:
        with patch("odoo.addons.base.models.res_users.request", debug):
            thing("B", "partner")(test, env).read(["street"])
    except AccessError as error:
        return marks_in(str(error))
    return "no error at all"


def told_out_of_sight(test, env):
    order = test.world["C"]["quotation"].with_user(test.salesperson)
    message = order.message_post(body="x", partner_ids=env.user.partner_id.ids, message_type="comment")
    return message.sudo().notification_ids.filtered(lambda row: row.res_partner_id == env.user.partner_id)


def notified_of_chats(test, env):
    """Find that a live chat operator is subscribed to all visitors who look for help."""
    # sudo: res.users - makes the user a live chat operator
    env.user.sudo().group_ids += test.env.ref("im_livechat.im_livechat_group_user")
    session = SimpleNamespace(session=SimpleNamespace(uid=env.uid))
    with patch("odoo.addons.bus.models.ir_websocket.wsrequest", session):
        channels = env["ir.websocket"]._build_bus_channel_list(["im_livechat.looking_for_help"])
    return [channel for channel in channels if isinstance(channel, tuple) and channel[1] == "LOOKING_FOR_HELP"]


def failures(test, env):
    store = Store()
    failed = env["mail.notification"].sudo().search([("author_id", "=", env.user.partner_id.id)])
    failed.filtered(lambda row: row.notification_status == "bounce").mail_message_id._message_notifications_to_store(
        store
    )
    return marks_in(str(store.get_result())) - {"DP", "DQ"}


def behind_recipients(test, env):
    messages = env["mail.message"].search([("partner_ids", "in", test.stranger.ids)])
    test.assertTrue(messages)
    return marks_in(str(Store().add(messages).get_result())) & {"BP"}


def subscribed(test, env):
    thing("A", "partner")(test, env).message_subscribe(partner_ids=test.world["B"]["partner"].ids)
    return test.world["A"]["partner"].message_partner_ids & test.world["B"]["partner"]


def stale_setting(test, env):
    order = thing("B", "quotation")(test, env)
    order.has_access("read")
    test.env.company.leads_agent_lock_assigned = True
    test.env.flush_all()
    return order.search([("id", "=", order.id)])


def still_held(change):
    def call(test, env):
        change(test)
        test.env.flush_all()
        return test._active(test.world["A"]["partner"])

    return finds(call)


def name_with_address(test, env):
    partner = thing("B", "partner")(test, env).sudo().with_context(show_address=True, show_email=True)
    return "@" in partner.display_name and "e-mail in the name"


def wrong_error(test, env):
    try:
        thing("B", "partner")(test, env).web_read({"name": {}})
    except CustomerOutOfSight:
        return ""
    except AccessError:
        return "an error on which the client does not redirect"
    return "no error at all"


def hidden_twin(test, env):
    test.world["A"]["sold"].client_order_ref = test.world["A"]["quotation"].client_order_ref = "PO 7"
    test._settle()
    thing("A", "quotation")(test, env).web_read({"duplicated_order_ids": {}})


def copies(test, env):
    test.world["A"]["quotation"].user_id = test.salesperson
    test._settle()
    thing("A", "quotation")(test, env).copy()


def onchange(test, env):
    """Call onchange with a customer out of sight."""
    partner = test.world["B"]["partner"]
    env["sale.order"].onchange({"partner_id": partner.id}, ["partner_id"], {"partner_shipping_id": {}})


def written_elsewhere(test, env):
    """Find what the agent wrote on the bank account of a previous customer."""
    message = test.world["C"]["bank"].message_post(body="x", author_id=env.user.partner_id.id)
    return env["mail.message"].search([("id", "=", message.id)])


def rating_moved(test, env):
    """Move the rating of a chat to another document."""
    rating = env["rating.rating"].search(
        [("res_model", "=", "discuss.channel"), ("res_id", "=", test.world["A"]["chat"].id)]
    )
    partners = test.env["ir.model"]._get_id("res.partner")
    rating.ensure_one().write({"res_model_id": partners, "res_id": test.world["A"]["partner"].id})


def unresolved(test, env):
    """Find the lead of an order whose state the agent wrote directly."""
    thing("A", "quotation")(test, env).write({"state": "sale"})
    return test._active(test.world["A"]["partner"]).ids


def portal_email(test, env):
    partner = test.world["A"]["partner"]
    test.env["res.users"].create(
        {
            "login": "portal_of_a",
            "partner_id": partner.id,
            "group_ids": [Command.set(test.env.ref("base.group_portal").ids)],
        }
    )
    test._settle()
    thing("A", "partner")(test, env).email = "thief@example.com"


def merge(test, env):
    world = test.world
    wizard = test.env["base.partner.merge.automatic.wizard"]
    wizard._merge((world["A"]["partner"] | world["D"]["partner"]).ids, world["D"]["partner"])
    test.env.flush_all()
    test.assertEqual(test._active(world["D"]["partner"]).agent_id, test.other_agent)


def forged(test, env):
    env["leads.agent.assignment"].create(
        {
            "partner_id": test.world["B"]["partner"].id,
            "agent_id": test.agent.id,
            "company_id": test.env.company.id,
            "assigned_at": "2020-01-01",
        }
    )


def forged_promise(test, env):
    env["leads.agent.callback"].create(
        {
            "partner_id": test.world["E"]["partner"].id,
            "agent_id": env.uid,
            "company_id": env.company.id,
            "due_at": "2020-01-01 10:00:00",
            "closed_at": "2020-01-01 10:00:00",
        }
    )


def stays_on_cancelled(test, env):
    result = thing("A", "quotation")(test, env).action_cancel()
    return not isinstance(result, dict) and "the form reads again what went out of sight"


def confirms_and_locks(test, env):
    """If confirmed orders are locked, Odoo writes on the order after it went out of sight."""
    test.env.user.group_ids += test.env.ref("sale.group_auto_done_setting")
    test._settle()
    thing("A", "quotation")(test, env).action_confirm()


def left_follower(test, env):
    test._active(test.world["A"]["partner"]).with_user(test.manager).action_unassign()
    followed = test.world["A"]["partner"] | test.world["A"]["contact"]
    test.env.invalidate_all()
    return followed.message_partner_ids & test.agent.partner_id


def left_grace(test, env):
    test.world["E"]["partner"].active = False
    test._settle()
    return thing("E", "partner")(test, env)._filtered_access("read")


def own_action(test, env):
    test._active(test.world["A"]["partner"]).with_user(env.user).action_unassign()


def role_by_another_group(test, env):
    """The role came from a group that no longer implies it."""
    group = test.env["res.groups"].create(
        {"name": "Callers", "implied_ids": [Command.set(test.env.ref("leads_agent.group_leads_agent").ids)]}
    )
    internal = test.env.ref("base.group_user")
    caller = test._user("agent_cora", "base.group_user")
    caller.group_ids = group | internal
    assignment = test._assign(test.world["B"]["partner"], caller)
    group.write({"implied_ids": [Command.clear()]})
    test._settle()
    return assignment.state == "active" and "still holds the lead"


def begun(test, env):
    """Create a planned batch of the user."""
    batch = env["leads.agent.batch.assign"].create(
        {"agent_ids": test.agent.ids, "selected_order_ids": test.world["B"]["quotation"].ids}
    )
    batch.action_plan()
    return batch


def new_rule(test, env):
    return env["leads.agent.rule"].create({"name": "Rule", "team_id": test.call_center.id})


def authorless_rule(test, env):
    """The author of a new rule is not the user who created it."""
    rule = new_rule(test, env)
    return "" if rule.user_id == env.user else "another author"


def rule_with_the_eyes_of_another(test, env):
    """A manager changes a filter that is searched as the administrator."""
    rule = new_rule(test, env)
    rule.sudo().user_id = test.env.ref("base.user_admin")
    rule.write({"customer_domain": "[('city', '=', 'x')]"})
    return "" if rule.user_id == env.user else "another author"


def named_by_default(test, env):
    """Find the name of a customer whose ID is a default of a new form."""
    form = env["mail.compose.message"].with_context(default_author_id=test.world["B"]["partner"].id)
    return marks_in(str(form.onchange({}, [], {"author_id": {"fields": {"display_name": {}}}})))


def linked(test, env):
    env["mail.compose.message"].create({"author_id": test.world["B"]["partner"].id})


def linked_later(test, env):
    env["mail.compose.message"].create({}).write({"author_id": test.world["B"]["partner"].id})
