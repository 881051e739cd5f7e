"""What is taken away, and who notices.

A mutant is one rule or one override of ours removed. A *finding* is a function of the test and an environment that
tells what is wrong, or nothing when all is well: it must find nothing while the rule or override is there, and
something when it is not.
"""

from collections.abc import Callable
from dataclasses import dataclass
from types import SimpleNamespace
from unittest.mock import patch

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command, Domain
from odoo.tools import SQL

from odoo.addons.leads_agent.exceptions import CustomerOutOfSight
from odoo.addons.mail.tools.discuss import Store

from .link_asking import Example, shows
from .marks import marks_in
from .sweep import Sweep

REFUSALS = (AccessError, UserError, ValidationError)
LOCKED, UNLOCKED, ALL_ORDERS = "agent, locked", "agent, unlocked", "agent, unlocked, all orders"
LINKED_LINE = ("sale.order.line", "linked_line_id")
ATTENDEE, ACTIVITY = ("calendar.attendee", "partner_id"), ("mail.activity", "res_id")
ANSWER, AUTHOR = ("mail.compose.message", "parent_id"), ("mail.compose.message", "author_id")
ENDED, LOST, MANAGER = "agent, assignment ended", "role lost", "manager"


def sweeps(*models):
    """Find a canary in these models."""

    def finding(test, env, role):
        return Sweep(env).run(models).leaks(role.allowed)

    return finding


def passes(call):
    """Find that what must be refused is not."""

    def finding(test, env, role):
        try:
            with test._kept_apart():
                call(test, env)
                env.flush_all()
        except REFUSALS:
            return ""
        return "it passed"

    return finding


def breaks(call):
    """Find that what must work does not."""

    def finding(test, env, role):
        try:
            with test._kept_apart():
                call(test, env)
                env.flush_all()
        except Exception as error:  # whatever it is, the screen would show it
            return f"{type(error).__name__}: {error}"[:200]
        return ""

    return finding


def finds(call):
    """Find what the call returns."""

    def finding(test, env, role):
        with test._kept_apart():
            return call(test, env)

    return finding


def thing(customer, key):
    """Return a function that gives a thing of the world to the user of an environment."""
    return lambda test, env: env[test.world[customer][key]._name].browse(test.world[customer][key].ids)


def write(customer, key, **vals):
    return passes(lambda test, env: thing(customer, key)(test, env).write(vals))


@dataclass(frozen=True)
class Mutant:
    """A rule (``xmlid``) or an override (``model`` and ``method``) that is taken away."""

    role: str
    finding: Callable
    xmlid: str = ""
    model: str = ""
    method: str = ""
    instead: object = None  # what is put in the place of a method of our own, which has no super

    @property
    def name(self):
        return self.xmlid or f"{self.model}.{self.method}"


def rule(xmlid, role, finding):
    return Mutant(role, finding, xmlid=xmlid if "." in xmlid else f"leads_agent.{xmlid}")


def override(name, role, finding, instead=None):
    model, method = name.rsplit(".", 1)
    return Mutant(role, finding, model=model, method=method, instead=instead)


def _has_scheduled(test, env):
    """Find that a scheduled message is open, and with it its files."""
    return thing("B", "partner_scheduled")(test, env).has_access("read")


def _seen(records):
    """Find records of another company."""
    return finds(lambda test, env: env[records(test)._name].search([("id", "in", records(test).ids)]))


def _notified_strangers(test, env):
    """Find who else was told of an order in sight."""
    return env["mail.notification"].search([("res_partner_id", "=", test.stranger.id)])


def _foreign_chat(model):
    """Find what belongs to a colleague's chat with a customer out of sight, as somebody who answers chats."""

    def call(test, env):
        # sudo: they answer chats
        env.user.sudo().group_ids += test.env.ref("im_livechat.im_livechat_group_user")
        chat = test.world["B"]["chat"]
        found = env[model].search([("id" if model == "discuss.channel" else "channel_id", "=", chat.id)])
        return ", ".join(map(str, found.ids))

    return finds(call)


def sweeps_in_projects(*models):
    """Find a canary in these models, as an agent who works in projects."""

    def finding(test, env, role):
        # sudo: Odoo shows collaborators and the analysis of tasks to users of projects only
        env.user.sudo().group_ids += test.env.ref("project.group_project_user")
        return Sweep(env).run(models).leaks(role.allowed)

    return finding


RULES = (
    rule("rule_order_partial", UNLOCKED, sweeps("sale.order")),
    rule("rule_order_write", ALL_ORDERS, write("A", "sold", client_order_ref="x")),
    rule("rule_order_line_partial", UNLOCKED, sweeps("sale.order.line")),
    rule("rule_order_line_write", ALL_ORDERS, write("A", "sold_line", name="x")),
    rule("rule_history_partial", UNLOCKED, sweeps("leads.agent.history")),
    rule("rule_partner_lock", LOCKED, sweeps("res.partner")),
    rule("rule_partner_lock_write", LOCKED, write("E", "partner", street2="x")),
    rule("rule_order_lock", LOCKED, sweeps("sale.order")),
    rule("rule_order_lock_write", LOCKED, write("E", "quotation", client_order_ref="x")),
    rule("rule_order_line_lock", LOCKED, sweeps("sale.order.line")),
    rule("rule_order_line_lock_write", LOCKED, write("E", "quotation_line", name="x")),
    rule("rule_history_lock", LOCKED, sweeps("leads.agent.history")),
    rule("rule_message_sight", LOCKED, sweeps("mail.message")),
    rule("rule_scheduled_message_sight", LOCKED, finds(_has_scheduled)),
    rule("rule_activity_sight", LOCKED, sweeps("mail.activity")),
    rule("rule_notification_sight", LOCKED, sweeps("mail.notification")),
    rule("rule_guest", LOCKED, sweeps("mail.guest")),
    rule("rule_bank_lock", LOCKED, sweeps("res.partner.bank")),
    rule("rule_follower_lock", LOCKED, sweeps("mail.followers")),
    rule("rule_notification_lock", LOCKED, finds(_notified_strangers)),
    rule("rule_analytic_account_lock", LOCKED, sweeps("account.analytic.account")),
    rule(
        "rule_partner_write",
        UNLOCKED,
        passes(lambda test, env: env.company.partner_id.write({"street": "x"})),
    ),
    rule("rule_assignment_company", MANAGER, sweeps("leads.agent.assignment")),
    rule("rule_assignment_own", LOCKED, sweeps("leads.agent.assignment")),
    rule("rule_history_company", MANAGER, sweeps("leads.agent.history")),
    rule("leads_agent_call.rule_call_lock", LOCKED, sweeps("leads.agent.call")),
    rule("leads_agent_call.rule_callback_lock", LOCKED, sweeps("leads.agent.callback")),
    rule("leads_agent_call.rule_callback_private", UNLOCKED, _seen(lambda test: test.world["D"]["callback"])),
    rule("leads_agent_call.rule_callback_own", UNLOCKED, write("C", "callback", note="x")),
    rule("leads_agent_call.rule_call_company", MANAGER, _seen(lambda test: test.world["X"]["call"])),
    rule("leads_agent_call.rule_callback_company", MANAGER, _seen(lambda test: test.world["X"]["callback"])),
    rule("rule_batch_company", MANAGER, _seen(lambda test: test.batch)),
    rule("leads_agent_distribution.rule_rule_company", MANAGER, _seen(lambda test: test.rule)),
    rule("rule_batch_line_company", MANAGER, _seen(lambda test: test.batch.line_ids)),
    rule("leads_agent_distribution.rule_batch_share_company", MANAGER, _seen(lambda test: test.batch.share_ids)),
    rule(
        "leads_agent_distribution.rule_batch_load_company",
        MANAGER,
        finds(lambda test, env: env["leads.agent.batch.assign.load"].search([("batch_id", "=", test.batch.id)])),
    ),
    rule("leads_agent_audit.rule_self_test_company", MANAGER, _seen(lambda test: test.self_test)),
    rule("leads_agent_audit.rule_self_test_line_company", MANAGER, _seen(lambda test: test.self_test.line_ids)),
    rule("leads_agent_calendar.rule_event_lock", LOCKED, sweeps("calendar.event")),
    rule("leads_agent_calendar.rule_attendee_lock", LOCKED, sweeps("calendar.attendee")),
    rule("leads_agent_calendar.rule_filters_own", LOCKED, sweeps("calendar.filters")),
    rule("leads_agent_calendar.rule_recurrence_lock", LOCKED, sweeps("calendar.recurrence")),
    rule("leads_agent_lifecycle_livechat.rule_chat_lock", LOCKED, _foreign_chat("discuss.channel")),
    rule("leads_agent_lifecycle_livechat.rule_chat_member_lock", LOCKED, _foreign_chat("discuss.channel.member")),
    rule(
        "leads_agent_lifecycle_livechat.rule_chat_history_lock",
        LOCKED,
        _foreign_chat("im_livechat.channel.member.history"),
    ),
    rule("leads_agent_lifecycle_livechat.rule_chat_call_lock", LOCKED, _foreign_chat("discuss.call.history")),
    rule("leads_agent_rating.rule_rating_sight", UNLOCKED, sweeps("rating.rating")),
    rule("leads_agent_rating.rule_rating_lock", LOCKED, sweeps("rating.rating")),
    rule("leads_agent_offer.rule_lead_own", UNLOCKED, sweeps("crm.lead")),
    rule("leads_agent_offer.rule_offer_own", UNLOCKED, _seen(lambda test: test.world["D"]["offer"])),
    rule("leads_agent_offer.rule_offer_company", MANAGER, _seen(lambda test: test.world["X"]["offer"])),
    rule("leads_agent_offer.rule_routing_company", MANAGER, _seen(lambda test: test.world["X"]["routing"])),
    rule("leads_agent_offer.rule_tag_company", MANAGER, _seen(lambda test: test.routing_tag)),
    rule("leads_agent_offer.rule_profile_own", UNLOCKED, _seen(lambda test: test.profiles[test.other_agent])),
    rule(
        "leads_agent_offer.rule_skill_own",
        UNLOCKED,
        _seen(lambda test: test.profiles[test.other_agent].skill_ids),
    ),
    rule("leads_agent_offer.rule_profile_company", MANAGER, _seen(lambda test: test.profiles[test.far_agent])),
    rule(
        "leads_agent_offer.rule_skill_company",
        MANAGER,
        _seen(lambda test: test.profiles[test.far_agent].skill_ids),
    ),
    rule(
        "leads_agent_offer.rule_pecking_company",
        MANAGER,
        _seen(lambda test: test.profiles[test.far_agent].pecking_ids),
    ),
    rule("leads_agent_offer.rule_score_own", UNLOCKED, _seen(lambda test: test.world["D"]["points"])),
    rule("leads_agent_offer.rule_score_company", MANAGER, _seen(lambda test: test.world["X"]["points"])),
    rule("leads_agent_lifecycle.rule_move_lock", LOCKED, sweeps("leads.agent.move")),
    rule("leads_agent_lifecycle.rule_officer_lock", LOCKED, _seen(lambda test: test.world["B"]["officer"])),
    rule("leads_agent_lifecycle.rule_identity_lock", LOCKED, sweeps("leads.agent.identity")),
    rule("leads_agent_lifecycle.rule_visit_lock", LOCKED, sweeps("leads.agent.visit")),
    rule("leads_agent_lifecycle.rule_move_company", MANAGER, _seen(lambda test: test.world["X"]["move"])),
    rule("leads_agent_lifecycle.rule_officer_company", MANAGER, _seen(lambda test: test.world["X"]["officer"])),
    rule("leads_agent_lifecycle.rule_identity_company", MANAGER, _seen(lambda test: test.world["X"]["identity"])),
    rule("leads_agent_lifecycle.rule_visit_company", MANAGER, _seen(lambda test: test.world["X"]["visit"])),
    rule("leads_agent_lifecycle.rule_import_line_company", MANAGER, _seen(lambda test: test.world["X"]["import_line"])),
    rule("leads_agent_channel.rule_received_company", MANAGER, _seen(lambda test: test.world["X"]["received"])),
    rule("leads_agent_meta.rule_receiver_company", MANAGER, _seen(lambda test: test.receiver)),
    rule("leads_agent_lifecycle.rule_lifecycle_rule_company", MANAGER, _seen(lambda test: test.lifecycle_rule)),
    rule(
        "leads_agent_lifecycle.rule_partner_write_manager",
        MANAGER,
        passes(lambda test, env: env.company.partner_id.write({"street": "x"})),
    ),
    rule("leads_agent_project.rule_project", LOCKED, sweeps("project.project")),
    rule("leads_agent_project.rule_task", LOCKED, sweeps("project.task")),
    rule("leads_agent_project.rule_milestone", LOCKED, sweeps("project.milestone")),
    rule("leads_agent_project.rule_update", LOCKED, sweeps("project.update")),
    rule("leads_agent_project.rule_personal_stage", LOCKED, sweeps("project.task.stage.personal")),
    rule("leads_agent_project.rule_collaborator", LOCKED, sweeps_in_projects("project.collaborator")),
    rule("leads_agent_project.rule_task_analysis", LOCKED, sweeps_in_projects("report.project.task.user")),
    rule("leads_agent_sale_stock.rule_picking", UNLOCKED, sweeps("stock.picking")),
    rule("leads_agent_sale_stock.rule_move", UNLOCKED, sweeps("stock.move")),
    rule("leads_agent_sale_stock.rule_move_line", UNLOCKED, sweeps("stock.move.line")),
    rule("leads_agent_sale_stock.rule_reference", UNLOCKED, sweeps("stock.reference")),
    rule("leads_agent_sale_stock.rule_quant_lock", LOCKED, sweeps("stock.quant")),
    rule("leads_agent_snailmail.rule_letter_lock", LOCKED, sweeps("snailmail.letter")),
)


def _debug_error(test, env):
    debug = SimpleNamespace(session=SimpleNamespace(debug="1"))
    try:
        with patch("odoo.addons.base.models.res_users.request", debug):
            thing("B", "partner")(test, env).read(["street"])
    except AccessError as error:
        return marks_in(str(error))
    return "no error at all"


def _told_out_of_sight(test, env):
    order = test.world["C"]["quotation"].with_user(test.salesperson)
    message = order.message_post(body="x", partner_ids=env.user.partner_id.ids, message_type="comment")
    return message.sudo().notification_ids.filtered(lambda row: row.res_partner_id == env.user.partner_id)


def _told_of_chats(test, env):
    """Find that somebody who answers chats hears of all that look for help."""
    # sudo: they answer chats
    env.user.sudo().group_ids += test.env.ref("im_livechat.im_livechat_group_user")
    session = SimpleNamespace(session=SimpleNamespace(uid=env.uid))
    with patch("odoo.addons.bus.models.ir_websocket.wsrequest", session):
        channels = env["ir.websocket"]._build_bus_channel_list(["im_livechat.looking_for_help"])
    return [channel for channel in channels if isinstance(channel, tuple) and channel[1] == "LOOKING_FOR_HELP"]


def _failures(test, env):
    store = Store()
    failed = env["mail.notification"].sudo().search([("author_id", "=", env.user.partner_id.id)])
    failed.filtered(lambda row: row.notification_status == "bounce").mail_message_id._message_notifications_to_store(
        store
    )
    return marks_in(str(store.get_result())) - {"DP", "DQ"}


def _behind_recipients(test, env):
    messages = env["mail.message"].search([("partner_ids", "in", test.stranger.ids)])
    test.assertTrue(messages)
    return marks_in(str(Store().add(messages).get_result())) & {"BP"}


def _subscribed(test, env):
    thing("A", "partner")(test, env).message_subscribe(partner_ids=test.world["B"]["partner"].ids)
    return test.world["A"]["partner"].message_partner_ids & test.world["B"]["partner"]


def _stale_setting(test, env):
    order = thing("B", "quotation")(test, env)
    order.has_access("read")
    test.env.company.leads_agent_lock_assigned = True
    test.env.flush_all()
    return order.search([("id", "=", order.id)])


def _still_held(change):
    def call(test, env):
        change(test)
        test.env.flush_all()
        return test._active(test.world["A"]["partner"])

    return finds(call)


def _name_with_address(test, env):
    partner = thing("B", "partner")(test, env).sudo().with_context(show_address=True, show_email=True)
    return "@" in partner.display_name and "e-mail in the name"


def _wrong_error(test, env):
    try:
        thing("B", "partner")(test, env).web_read({"name": {}})
    except CustomerOutOfSight:
        return ""
    except AccessError:
        return "an error on which the client does not redirect"
    return "no error at all"


def _hidden_twin(test, env):
    test.world["A"]["sold"].client_order_ref = test.world["A"]["quotation"].client_order_ref = "PO 7"
    test._settle()
    thing("A", "quotation")(test, env).web_read({"duplicated_order_ids": {}})


def _copies(test, env):
    test.world["A"]["quotation"].user_id = test.salesperson
    test._settle()
    thing("A", "quotation")(test, env).copy()


def _onchange(test, env):
    """Ask for an order of a customer out of sight."""
    partner = test.world["B"]["partner"]
    env["sale.order"].onchange({"partner_id": partner.id}, ["partner_id"], {"partner_shipping_id": {}})


def _written_elsewhere(test, env):
    """Find what the agent wrote on the bank account of a customer who was the agent's."""
    message = test.world["C"]["bank"].message_post(body="x", author_id=env.user.partner_id.id)
    return env["mail.message"].search([("id", "=", message.id)])


def _rating_moved(test, env):
    """Take the rating of a chat away from it."""
    rating = env["rating.rating"].search(
        [("res_model", "=", "discuss.channel"), ("res_id", "=", test.world["A"]["chat"].id)]
    )
    partners = test.env["ir.model"]._get_id("res.partner")
    rating.ensure_one().write({"res_model_id": partners, "res_id": test.world["A"]["partner"].id})


def _unresolved(test, env):
    """Find the lead of an order that the agent completed by hand."""
    thing("A", "quotation")(test, env).write({"state": "sale"})
    return test._active(test.world["A"]["partner"]).ids


def _portal_email(test, env):
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


def _merge(test, env):
    world = test.world
    wizard = test.env["base.partner.merge.automatic.wizard"]
    wizard._merge((world["A"]["partner"] | world["D"]["partner"]).ids, world["D"]["partner"])
    test.env.flush_all()
    test.assertEqual(test._active(world["D"]["partner"]).agent_id, test.other_agent)


def _forged(test, env):
    env["leads.agent.assignment"].create(
        {
            "partner_id": test.world["B"]["partner"].id,
            "agent_id": test.agent.id,
            "company_id": test.env.company.id,
            "assigned_at": "2020-01-01",
        }
    )


def _forged_promise(test, env):
    env["leads.agent.callback"].create(
        {
            "partner_id": test.world["E"]["partner"].id,
            "agent_id": env.uid,
            "company_id": env.company.id,
            "due_at": "2020-01-01 10:00:00",
            "closed_at": "2020-01-01 10:00:00",
        }
    )


def _stays_on_cancelled(test, env):
    result = thing("A", "quotation")(test, env).action_cancel()
    return not isinstance(result, dict) and "the form reads again what went out of sight"


def _confirms_and_locks(test, env):
    """With the setting that locks confirmed orders, core writes on the order after it went out of sight."""
    test.env.user.group_ids += test.env.ref("sale.group_auto_done_setting")
    test._settle()
    thing("A", "quotation")(test, env).action_confirm()


def _left_follower(test, env):
    test._active(test.world["A"]["partner"]).with_user(test.manager).action_unassign()
    followed = test.world["A"]["partner"] | test.world["A"]["contact"]
    test.env.invalidate_all()
    return followed.message_partner_ids & test.agent.partner_id


def _left_grace(test, env):
    test.world["E"]["partner"].active = False
    test._settle()
    return thing("E", "partner")(test, env)._filtered_access("read")


def _own_action(test, env):
    test._active(test.world["A"]["partner"]).with_user(env.user).action_unassign()


def _role_by_another_group(test, env):
    """The role came with a group that no longer brings it."""
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


def _read(customer, key, *names):
    return breaks(lambda test, env: thing(customer, key)(test, env).read(list(names)))


def _post(customer, key):
    return breaks(lambda test, env: thing(customer, key)(test, env).message_post(body="x"))


def _begun(test, env):
    """A batch of the user that is planned."""
    batch = env["leads.agent.batch.assign"].create(
        {"agent_ids": test.agent.ids, "selected_order_ids": test.world["B"]["quotation"].ids}
    )
    batch.action_plan()
    return batch


FALSE = property(lambda self: False)


def _new_rule(test, env):
    return env["leads.agent.rule"].create({"name": "Rule", "team_id": test.call_center.id})


def _authorless_rule(test, env):
    """The author of a new rule is not the one who wrote it."""
    rule = _new_rule(test, env)
    return "" if rule.user_id == env.user else "another author"


def _rule_with_the_eyes_of_another(test, env):
    """A manager writes a filter that is read with the eyes of the administrator."""
    rule = _new_rule(test, env)
    rule.sudo().user_id = test.env.ref("base.user_admin")
    rule.write({"customer_domain": "[('city', '=', 'x')]"})
    return "" if rule.user_id == env.user else "another author"


def _named_by_default(test, env):
    """Find the name of a customer whose number a new form is given."""
    form = env["mail.compose.message"].with_context(default_author_id=test.world["B"]["partner"].id)
    return marks_in(str(form.onchange({}, [], {"author_id": {"fields": {"display_name": {}}}})))


def _linked(test, env):
    env["mail.compose.message"].create({"author_id": test.world["B"]["partner"].id})


def _linked_later(test, env):
    env["mail.compose.message"].create({}).write({"author_id": test.world["B"]["partner"].id})


OVERRIDES = (
    override("base._prepare_create_values", LOCKED, passes(_linked)),
    override(
        "base._prepare_create_values", LOCKED, shows(Example("V1", *LINKED_LINE, "text", "a new record", "sold_line"))
    ),
    override("base.onchange", LOCKED, finds(_named_by_default)),
    override("base.onchange", LOCKED, shows(Example("V2", *ATTENDEE, "integer", "a form, changed"))),
    override("base.onchange", LOCKED, shows(Example("V3", *ACTIVITY, "integer", "a form, changed", is_document=True))),
    override("base.onchange", LOCKED, shows(Example("V4", *ANSWER, "integer", "a form, changed", "partner_message"))),
    override("base.write", LOCKED, passes(_linked_later)),
    override("base.write", LOCKED, shows(Example("V1", *AUTHOR, "text", "a write", "contact", "A"))),
    override(
        "ir.rule._compute_domain",
        LOCKED,
        finds(lambda test, env: env["sale.order.discount"].search(test._is("D", "discount"))),
    ),
    override("ir.websocket._build_bus_channel_list", LOCKED, finds(_told_of_chats)),
    override("ir.rule._make_access_error", LOCKED, finds(_debug_error)),
    override("leads.agent.callback.create", LOCKED, passes(_forged_promise)),
    override("leads.agent.callback.write", LOCKED, write("A", "callback", closed_at="2020-01-01")),
    override("mail.thread._notify_get_recipients", LOCKED, finds(_told_out_of_sight)),
    override("leads.agent.document.sight.mixin._search", LOCKED, finds(_written_elsewhere)),
    override("mail.notification._search", LOCKED, sweeps("mail.notification")),
    override("mail.thread.message_subscribe", LOCKED, finds(_subscribed)),
    override("mail.message._message_notifications_to_store", ENDED, finds(_failures)),
    override("mail.notification._filtered_for_web_client", LOCKED, finds(_behind_recipients)),
    override("res.company.cache_invalidation_fields", UNLOCKED, finds(_stale_setting)),
    override(
        "res.groups._check_leads_exclusive",
        LOCKED,
        passes(
            lambda test, env: test.env.ref("sales_team.group_sale_salesman").write(
                {"user_ids": [Command.link(test.agent.id)]}
            )
        ),
    ),
    override(
        "res.users._check_leads_exclusive",
        LOCKED,
        passes(
            lambda test, env: test.agent.write(
                {"group_ids": [Command.link(test.env.ref("sales_team.group_sale_salesman").id)]}
            )
        ),
    ),
    override("rating.rating._has_field_access", LOCKED, passes(_rating_moved)),
    override("res.groups.write", LOCKED, finds(_role_by_another_group)),
    override(
        "res.users.write",
        LOCKED,
        _still_held(lambda test: test.agent.write({"group_ids": [Command.set(test.env.ref("base.group_user").ids)]})),
    ),
    override("res.partner._compute_display_name", LOCKED, finds(_name_with_address)),
    override("res.partner._has_field_access", UNLOCKED, write("A", "partner", ref="x")),
    override("res.partner._mail_post_access", LOCKED, _post("E", "contact")),
    override("res.partner.create", LOCKED, breaks(lambda test, env: env["res.partner"].create({"name": "New"}))),
    override(
        "res.partner._leads_check_new_customer",
        LOCKED,
        passes(lambda test, env: env["res.partner"].create({"name": "New", "ref": "x"})),
        instead=lambda self, vals: vals,
    ),
    override(
        "res.partner.signup_get_auth_param",
        LOCKED,
        passes(lambda test, env: thing("B", "partner")(test, env).signup_get_auth_param()),
    ),
    override("res.partner.web_read", LOCKED, finds(_wrong_error)),
    override("res.partner.write", LOCKED, write("A", "contact", type="delivery")),
    override(
        "res.partner._leads_check_correction",
        LOCKED,
        write("A", "contact", type="delivery"),
        instead=lambda self, vals: vals,
    ),
    override("sale.order._compute_duplicated_order_ids", UNLOCKED, breaks(_hidden_twin)),
    override("sale.order._get_invoiced", LOCKED, _read("A", "quotation", "invoice_count")),
    override("sale.order._has_field_access", LOCKED, write("A", "quotation", access_token="guess")),
    override(
        "sale.order._leads_judged",
        LOCKED,
        passes(lambda test, env: thing("A", "quotation")(test, env).write({"user_id": test.salesperson.id})),
        instead=lambda self, vals_list, known=None: vals_list,
    ),
    override("sale.order._mail_post_access", ALL_ORDERS, _post("A", "cancelled")),
    override("sale.order.action_cancel", UNLOCKED, finds(_stays_on_cancelled)),
    override("sale.order.action_confirm", UNLOCKED, breaks(_confirms_and_locks)),
    override("sale.order.copy_data", LOCKED, breaks(_copies)),
    override("sale.order.onchange", LOCKED, passes(_onchange)),
    override("sale.order.write", LOCKED, finds(_unresolved)),
    override("crm.team.write", MANAGER, passes(lambda test, env: test.call_center.with_env(env).write({"color": 3}))),
    override(
        "crm.team.create",
        MANAGER,
        passes(lambda test, env: env["crm.team"].create({"name": "Painted", "color": 3})),
    ),
    override("base.partner.merge.automatic.wizard._update_foreign_keys", LOCKED, breaks(_merge)),
    override(
        "leads.agent.assignment._compute_display_name",
        LOCKED,
        breaks(lambda test, env: env["leads.agent.assignment"].search([]).mapped("display_name")),
    ),
    override("leads.agent.assignment.create", MANAGER, passes(_forged)),
    override("leads.agent.rule.create", MANAGER, finds(_authorless_rule)),
    override("leads.agent.rule.write", MANAGER, finds(_rule_with_the_eyes_of_another)),
    override(
        "leads.agent.rule._has_field_access",
        MANAGER,
        passes(lambda test, env: _new_rule(test, env).write({"user_id": test.env.ref("base.user_admin").id})),
    ),
    override(
        "leads.agent.batch.assign._has_field_access",
        MANAGER,
        passes(
            lambda test, env: (
                env["leads.agent.batch.assign"]
                .create({"selected_order_ids": test.world["B"]["quotation"].ids})
                .write({"state": "done"})
            )
        ),
    ),
    override("leads.agent.batch.assign.write", MANAGER, passes(lambda test, env: _begun(test, env).write({"cap": 1}))),
    override(
        "leads.agent.batch.assign.share.write",
        MANAGER,
        passes(lambda test, env: _begun(test, env).share_ids.write({"weight": 9})),
    ),
    override(
        "leads.agent.batch.assign.share.create",
        MANAGER,
        passes(
            lambda test, env: env["leads.agent.batch.assign.share"].create(
                {"batch_id": _begun(test, env).id, "agent_id": test.other_agent.id}
            )
        ),
    ),
    override(
        "leads.agent.batch.assign.share._has_field_access",
        MANAGER,
        passes(
            lambda test, env: (
                env["leads.agent.batch.assign"]
                .create({"share_ids": [Command.create({"agent_id": test.agent.id})]})
                .share_ids.write({"planned_count": 9})
            )
        ),
    ),
    # Our own, on which rules and doors rest.
    override("res.users.leads_locked", LOCKED, sweeps("res.partner"), instead=FALSE),
    override("res.users.leads_partial_only", UNLOCKED, sweeps("sale.order"), instead=FALSE),
    override("res.users.leads_needs_sight", LOST, sweeps("mail.message"), instead=FALSE),
    override(
        "project.project._leads_order_sight",
        UNLOCKED,
        sweeps("project.project", "project.task"),
        instead=lambda self, field: Domain.TRUE,
    ),
    override("res.users._check_leads_manager", LOCKED, passes(_own_action), instead=lambda self: None),
    override("res.partner._leads_check_sign_in", MANAGER, passes(_portal_email), instead=lambda self, vals: None),
    override(
        "leads.agent.assignment._unfollowing",
        LOCKED,
        finds(_left_follower),
        instead=lambda self, ended: SQL("SELECT 1"),
    ),
    override("leads.agent.assignment._end_grace", LOCKED, finds(_left_grace), instead=lambda self, domain: None),
)

# Fields of other modules that we opened to agents: (model, field, whom Odoo opens them to, what breaks without).
FIELDS = (
    ("sale.order", "tag_ids", "sales_team.group_sale_salesman", _read("A", "quotation", "tag_ids")),
    (
        "project.project",
        "reinvoiced_sale_order_id",
        "sales_team.group_sale_salesman",
        _read("A", "quotation", "project_ids"),
    ),
    (
        "product.document",
        "attached_on_sale",
        "sales_team.group_sale_salesman",
        breaks(lambda test, env: env["product.document"].search([("attached_on_sale", "=", "quotation")])),
    ),
    (
        "quotation.document",
        "quotation_template_ids",
        "sales_team.group_sale_salesman",
        breaks(lambda test, env: env["sale.order"].create({"partner_id": test.world["A"]["partner"].id})),
    ),
    (
        "project.project",
        "reinvoiced_sale_order_id",
        "sales_team.group_sale_salesman",
        breaks(lambda test, env: env["project.project"].search([("reinvoiced_sale_order_id", "!=", False)])),
    ),
)

# Overrides that keep nothing from anybody; what they do is tested elsewhere.
NOT_ABOUT_SIGHT = {
    "mail.thread.message_route": "who is told, and what no person wrote: test_incoming_senders, test_received_mail",
    "mail.thread.message_process": "notes mail to leads first: test_received_mail",
    "mail.thread.message_parse": "texts that a database takes: test_received_mail",
    "mail.alias._alias_bounce_incoming_email": "what fails is kept, not sent back: test_received_mail",
    "mail.thread.message_post": "recipients out of sight are left out instead of refused: test_back_doors",
    "leads.agent.closed.model._has_field_access": "rules made for closed models: test_closed_models",
    "leads.agent.closed.model._register_hook": "links that an uninstalled app took along: test_closed_models",
    "leads.agent.closed.model.copy_data": "one model is closed once: test_closed_models",
    "leads.agent.closed.model.create": "makes the rule: test_closed_models",
    "leads.agent.closed.model.unlink": "removes the rule: test_closed_models",
    "leads.agent.closed.model.write": "keeps the rule in step: test_closed_models",
    "base.partner.merge.automatic.wizard._update_values": "profiles of leads: test_channels",
    "leads.agent.lifecycle.setup.create": "forgets what was remembered: test_leads",
    "leads.agent.lifecycle.setup.unlink": "forgets what was remembered: test_leads",
    "leads.agent.lifecycle.setup.write": "forgets what was remembered: test_leads",
    "leads.agent.officer.create": "officers follow: test_access",
    "leads.agent.officer.unlink": "officers follow: test_access",
    "leads.agent.officer.write": "officers follow: test_access",
    "leads.agent.stage.write": "the order of Next follows the weight: test_reach",
    "resource.calendar.write": "forgets the time zone of the figures: test_figures",
    "leads.agent.meta.receiver.create": "forgets what was remembered: test_receivers",
    "leads.agent.meta.receiver.unlink": "forgets what was remembered: test_receivers",
    "leads.agent.meta.receiver.write": "forgets what was remembered: test_receivers",
    "mail.thread._message_parse_post_process": "finds archived senders: test_return",
    "discuss.channel._message_post_after_hook": "visitors become leads: test_livechat",
    "discuss.channel.write": "chats are told in the chatter: test_livechat",
    "leads.agent.status.update.default_get": "many leads at once: test_leads",
    "res.partner._compute_duration_tracking": "time in stages: test_leads",
    "res.partner._search_panel_domain_image": "counts what is in sight: test_panel",
    "res.partner.default_get": "a new lead: test_leads",
    "res.partner.get_import_templates": "offers a file: test_channels",
    "res.partner.message_new": "leads by mail: test_channels",
    "base_import.import._handle_fallback_values": "blank cells of a file of leads: test_import_programs",
    "base_import.import.get_fields_tree": "no fields of a file of leads that keep nothing: test_import_programs",
    "base_import.import._read_csv": "files of leads by other programs: test_import_programs",
    "base_import.import._read_file": "files of leads by other programs: test_import_programs",
    "base_import.import.execute_import": "what is ticked beside a file of leads: test_import",
    "ir.fields.converter.db_id_for": "names in a file of leads are looked up once: test_import",
    "res.partner._convert_fields_to_values": "contacts of a company in a file of leads: test_import_programs",
    "res.partner._convert_records": "ids of a file of leads are looked up in sets: test_import_programs",
    "res.partner._extract_records": "blank cells of a file of leads: test_import",
    "res.partner._load_records": "stages of a file of leads: test_import",
    "res.partner._load_records_write": "stages of a file of leads: test_import",
    "res.partner.load": "finds who is known: test_import",
    "leads.agent.offer._compute_display_name": "offers have a number: test_access",
    "mail.mail._postprocess_sent_message": "says on the offer what failed: test_notices",
    "sms.sms._handle_call_result_hook": "says on the offer what failed: test_notices",
    "crm.lead.create": "routes what comes in: test_routing",
    "crm.lead.write": "takes offers back: test_offers",
    "crm.lead.message_new": "routes by the mail: test_routing",
    "crm.lead._merge_opportunity": "takes offers back, and goes on: test_never_lost",
    "crm.lead._merge_dependences": "keeps what was offered: test_never_lost",
    "crm.lead._assign_userless_lead_in_team": "offered leads get nobody by Odoo's way: test_routing",
    "leads.agent.score.entry.write": "points are never changed: test_ledger",
    "leads.agent.score.entry.create": "points are not made by hand: test_ledger",
    "leads.agent.profile.get_import_templates": "offers a file",
    "sale.order.line._read_qties": "sums over the moves of all: test_sale_stock",
    "leads.agent.calling.hours.create": "forgets the table of hours: test_calls",
    "leads.agent.calling.hours.unlink": "forgets the table of hours: test_calls",
    "leads.agent.calling.hours.write": "forgets the table of hours: test_calls",
    "leads.agent.disposition._auto_init": "calls that sell nothing keep the lead",
    "res.company.write": "the order of Next: test_next_lead",
    "leads.agent.batch.assign.load._table_query": "the bars of a batch: test_batch_sharing",
    "ir.http.session_info": "the user's own switch: test_availability",
    "leads.agent.assignment._field_to_sql": "the age in reports: test_floor",
    "res.users.action_archive": "asks to whom: test_hand_over",
    "leads.agent.assignment._load_records": "rows of an import in sets: test_import",
    "leads.agent.stop.word._load_records_create": "words that were entered before they were shipped: test_stop",
    "leads.agent.assignment.get_import_templates": "offers a file: test_import",
    "leads.agent.assignment.load": "names each refused row: test_import",
    "leads.agent.assignment._auto_init": "sees to the unique index: test_guarantee",
    "leads.agent.assignment._register_hook": "asserts the unique index: test_guarantee",
    "leads.agent.history._auto_init": "takes the last 90 days in at install",
    "leads.agent.self.test._compute_display_name": "words: test_self_test",
    "mail.message.create": "feeds the history: test_history",
    "res.partner._auto_init": "creates a column fast",
    "res.partner._compute_partner_share": "forgets what was looked up: test_lock",
    "res.partner.get_empty_list_help": "words: test_partial_only",
    "sale.order._auto_init": "creates columns fast",
    "sale.order._compute_amounts": "the order of Next: test_next_lead",
    "sale.order.create": "feeds the history, and a sale resolves the lead: test_history, test_sale",
    "sale.order._compute_team_id": "order entry: test_order_entry",
    "sale.order._compute_user_id": "order entry: test_order_entry",
    "sale.order.get_empty_list_help": "words: test_partial_only",
}
