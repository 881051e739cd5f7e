from . import test_website_offers
