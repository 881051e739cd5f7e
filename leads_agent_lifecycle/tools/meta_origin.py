"""The advert, post or link by which a person came to a conversation."""

from urllib.parse import parse_qs

from .meta_values import as_dict, as_text, as_word

# The channels' names of origins, and the names used here for ``utm.source``.
SOURCES = {
    "ad": "Meta Ads",
    "ads": "Meta Ads",
    "post": "Meta Posts",
    "shortlink": "Chat Link",
    "shortlinks": "Chat Link",
    "igme-source-link": "Chat Link",
    "messenger_code": "Messenger Code",
    "customer_chat_plugin": "Chat Plugin",
    "discover_tab": "Discover Tab",
}
LONGEST_NAME = 200


def of_referral(referral: dict) -> dict[str, str]:
    """Return the source and the campaign, empty if not given.

    >>> of_referral({"source_type": "ad", "source_id": "120", "headline": "Grinders for bars"})
    {'source': 'Meta Ads', 'campaign': 'Grinders for bars'}
    >>> of_referral({"source": "SHORTLINK", "ref": "utm_source=flyer&utm_campaign=spring"})
    {'source': 'flyer', 'campaign': 'spring'}
    >>> of_referral({})
    {'source': '', 'campaign': ''}
    """
    way = as_text(referral.get("source_type")) or as_text(referral.get("source"))
    source = SOURCES.get(way.lower(), way)
    ref = as_text(referral.get("ref"))
    campaign = (
        as_text(referral.get("headline"))
        or as_text(as_dict(referral.get("ads_context_data")).get("ad_title"))
        or ref
        or as_word(referral.get("ad_id"))
        or as_word(referral.get("source_id"))
    )
    if "utm_" in ref:
        try:
            said = parse_qs(ref.lstrip("?"), max_num_fields=20)
        except ValueError:
            said = {}
        source = said.get("utm_source", [source])[0].strip()
        campaign = said.get("utm_campaign", [campaign])[0].strip()
    return {"source": _name(source), "campaign": _name(campaign)}


def as_things(referral: dict) -> tuple[tuple[str, str], ...]:
    """Return the origin as text for the chatter.

    >>> as_things({"source": "ADS", "ad_id": "120", "ads_context_data": {"ad_title": "Grinders"}})
    (('origin', 'Meta Ads, Grinders, 120'),)
    """
    said = of_referral(referral)
    number = as_word(referral.get("ad_id")) or as_word(referral.get("source_id"))
    parts = dict.fromkeys(filter(None, (said["source"], said["campaign"], number)))
    return (("origin", ", ".join(parts)),) if parts else ()


def _name(text: str) -> str:
    return " ".join(text.replace("\x00", "").split())[:LONGEST_NAME].strip()
