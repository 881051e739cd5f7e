from odoo.fields import Domain


def post_init_hook(env):
    """Compute the priority of existing assignments, by which *Next* sorts leads."""
    for company in env["res.company"].search(Domain.TRUE):
        Assignment = env["leads.agent.assignment"].with_company(company)
        Assignment._refresh_priorities(Domain("company_id", "=", company.id) & Domain("priority", "=", False))
