from . import test_receivers
