from . import test_audit_tours, test_closing, test_self_test, test_who_can_see
