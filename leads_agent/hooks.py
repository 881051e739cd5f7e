import logging

from odoo.fields import Command

from . import home
from .models.res_groups import AGENT, MANAGER

_logger = logging.getLogger(__name__)


def post_init_hook(env):
    """Leave the home action of who has a role already, and log agents with excluded groups, as after a reinstall."""
    home.remember((env.ref(AGENT) | env.ref(MANAGER)).with_context(active_test=False).all_user_ids)
    agents = env.ref(AGENT).with_context(active_test=False).all_user_ids
    excluded = env["res.groups"]._leads_excluded_groups()
    for user in agents:
        if conflicts := user.all_group_ids & excluded:
            _logger.info(
                "Leads Agent %s has groups that agents may not have: %s",
                user.login,
                ", ".join(conflicts.mapped("full_name")),
            )


def uninstall_hook(env):
    """Give nobody more access than before, and log who loses the sign-in.

    Users whose only role is ours would lose the role of an internal user with our groups. Managers stay plain internal
    users; agents are archived, because without our rules they would see every customer. Both are listed in the log.
    """
    manager, agent, internal = env.ref(MANAGER), env.ref(AGENT), env.ref("base.group_user")
    users = env["res.users"].with_context(active_test=False)
    agents = users.search([("group_ids", "in", agent.ids)])
    managers = users.search([("group_ids", "in", manager.ids)]) - agents
    losing = (agents | managers).filtered(
        lambda user: internal not in (user.group_ids - agent - manager).all_implied_ids
    )
    losing.write({"group_ids": [Command.link(internal.id)]})
    agents.filtered("active").action_archive()
    # Their record rules have no XML id, so they would stay.
    env["leads.agent.closed.model"].with_context(active_test=False).search([]).unlink()
    for title, people in (("plain internal users now", managers), ("archived", agents)):
        if people:
            _logger.info("Leads Agent is uninstalled; %s: %s", title, ", ".join(people.mapped("login")))
