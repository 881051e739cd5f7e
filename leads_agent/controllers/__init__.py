from . import self_test
