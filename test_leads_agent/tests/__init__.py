from . import test_canary_sweep
