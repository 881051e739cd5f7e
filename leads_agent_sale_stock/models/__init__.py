from . import leads_agent_dashboard, sale_order, sale_order_line
