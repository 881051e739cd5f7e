from . import test_contact, test_received_forms
