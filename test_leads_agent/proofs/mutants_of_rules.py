"""Every record rule of ours, with the finding that proves it is needed."""

from .findings import ALL_ORDERS, LOCKED, MANAGER, UNLOCKED, finds, passes, rule, sweeps, thing, write
from .sweep import Sweep


def _has_scheduled(test, env):
    """Find that a scheduled message is readable, and thereby its files."""
    return thing("B", "partner_scheduled")(test, env).has_access("read")


def _seen(records):
    """Find records of another company."""
    return finds(lambda test, env: env[records(test)._name].search([("id", "in", records(test).ids)]))


def _notified_strangers(test, env):
    """Find who else was notified of an order in sight."""
    return env["mail.notification"].search([("res_partner_id", "=", test.stranger.id)])


def _foreign_chat(model):
    """Find records of a colleague's chat with a customer out of sight, as a live chat operator."""

    def call(test, env):
        # sudo: res.users - makes the user a live chat operator
        env.user.sudo().group_ids += test.env.ref("im_livechat.im_livechat_group_user")
        chat = test.world["B"]["chat"]
        found = env[model].search([("id" if model == "discuss.channel" else "channel_id", "=", chat.id)])
        return ", ".join(map(str, found.ids))

    return finds(call)


def sweeps_in_projects(*models):
    """Find a mark in these models, as an agent who is a user of projects."""

    def finding(test, env, role):
        # sudo: res.users - Odoo shows collaborators and the analysis of tasks only to users of projects
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
