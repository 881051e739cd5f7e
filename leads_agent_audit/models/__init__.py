from . import leads_agent_self_test, leads_agent_self_test_line, leads_agent_who_can_see, res_partner
