"""The carriers a fresh house starts with; what an admin changed is never overwritten."""

from fulfilment.models import Carrier

CARRIERS = (
    ("delhivery", "Delhivery", "https://www.delhivery.com/track/package/{number}"),
    ("bluedart", "Blue Dart", "https://www.bluedart.com/trackdartresult?trackno={number}"),
    ("auspost", "Australia Post", "https://auspost.com.au/mypost/track/details/{number}"),
    ("sendle", "Sendle", "https://track.sendle.com/tracking?ref={number}"),
    ("own", "Own delivery", ""),
)


def seed() -> None:
    for code, name, url in CARRIERS:
        Carrier.objects.get_or_create(code=code, defaults={"name": name, "tracking_url": url})
