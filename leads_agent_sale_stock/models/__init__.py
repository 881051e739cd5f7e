from . import leads_agent_dashboard, res_partner, sale_order, sale_order_line
