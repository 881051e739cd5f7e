from odoo.fields import Domain

from odoo.addons.leads_agent import home


def post_init_hook(env):
    """Rank the leads that were held before for *Next*, and open the Live Floor for managers without another choice."""
    users = env["res.users"].with_context(active_test=False).search([("leads_home_id", "!=", False)])
    for user in users.filtered(lambda user: user.action_id == user.leads_home_id):
        user.action_id = home.of_role(user)
    home.remember(users)
    for company in env["res.company"].search(Domain.TRUE):
        Assignment = env["leads.agent.assignment"].with_company(company)
        Assignment._refresh_priorities(Domain("company_id", "=", company.id) & Domain("priority", "=", False))


def uninstall_hook(env):
    """Give managers back the page that they see at login without the Live Floor."""
    floor, agents = env.ref("leads_agent_call.action_floor"), env.ref("leads_agent.action_agents")
    users = env["res.users"].with_context(active_test=False).search([("leads_home_id", "=", floor.id)])
    users.filtered(lambda user: user.action_id == user.leads_home_id).action_id = agents.id
    users.leads_home_id = agents.id
