from . import test_calendar, test_guard_costs
