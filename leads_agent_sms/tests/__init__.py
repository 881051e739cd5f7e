from . import test_outcome_sms
