"""Notify agents about their leads: one notice per agent and operation, with Odoo's own notifications."""

from odoo.api import Environment


def tell_agents(env: Environment, leads_by_agent, event, tell=True, untouched_days=0):
    """Notify each agent once of leads assigned or taken, and refresh their dashboard.

    Agents get no notice of their own actions. A sale by somebody else refreshes the screen, without a notice in the
    inbox.

    :param dict leads_by_agent: ``{agent: ids of the customers}``
    :param str event: ``assigned``, or a value of :data:`terms.END_REASONS`
    :param bool tell: send a notice; the dashboard refreshes anyway
    :param int untouched_days: for how many days nobody contacted the leads that were taken back
    """
    # sudo: res.users, res.partner - the holder is notified, regardless of the user who caused the change
    prefetch = [agent.id for agent in leads_by_agent]
    for agent, partner_ids in leads_by_agent.items():
        agent_sudo = agent.sudo().with_prefetch(prefetch)
        agent_sudo._leads_dashboard_changed()
        if not tell or agent == env.user or not agent_sudo.active:
            continue
        if event == "sale":
            agent_sudo._bus_send(
                "simple_notification",
                {
                    "type": "success",
                    "title": env._("Sold"),
                    "message": env._("Leads that bought, credited to you: %s", len(partner_ids)),
                },
            )
        else:
            # sudo: res.partner - names of the holder's own customers
            customers = env["res.partner"].sudo().browse(partner_ids)
            _post(env(context={**env.context, "lang": agent_sudo.lang}), agent_sudo, customers, event, untouched_days)


def _post(env, agent, customers, event, untouched_days):
    """Send the agent one message with Odoo's notifications: inbox or e-mail, as the agent prefers."""
    leads = names(env, customers)
    match event:
        case "assigned":
            subject = env._("New leads") if len(customers) > 1 else env._("New lead")
            body = env._("%(user)s assigned to you: %(leads)s", user=env.user.name, leads=leads)
        case "resolved":
            subject = env._("Leads resolved")
            body = env._("%(user)s resolved for you: %(leads)s", user=env.user.name, leads=leads)
        case "unassigned" if untouched_days:
            subject = env._("Leads taken back")
            body = env._(
                "Not contacted within %(days)s days, so no longer assigned to you: %(leads)s",
                days=untouched_days,
                leads=leads,
            )
        case _:
            subject = env._("Leads taken back")
            reasons = env["leads.agent.assignment"]._fields["end_reason"]._description_selection(env)
            body = env._(
                "No longer assigned to you (%(reason)s): %(leads)s",
                reason=dict(reasons)[event],
                leads=leads,
            )
    env["mail.thread"].message_notify(partner_ids=agent.partner_id.ids, subject=subject, body=body)


def names(env: Environment, customers, most=5) -> str:
    """Return a text with at most ``most`` names of customers and the number of the others."""
    found = customers[:most].mapped("display_name")
    if len(customers) > most:
        found.append(env._("and %s more", len(customers) - most))
    return ", ".join(found)
