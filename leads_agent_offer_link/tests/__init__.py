from . import test_links, test_phones
