from . import leads_agent_dashboard, leads_agent_self_test, sale_order, sale_order_line
