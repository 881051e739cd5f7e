from . import test_contact
