from . import (
    test_agent_dashboard_units,
    test_assign,
    test_batch,
    test_concurrency,
    test_dashboard,
    test_history,
    test_order_entry,
    test_partial_only,
    test_query_counts,
    test_resolve,
    test_roles,
    test_sale,
)
