"""States, cities and postal codes of India and Australia."""

import re

AU_STATES = {"NSW": "New South Wales", "VIC": "Victoria", "QLD": "Queensland", "SA": "South Australia",
             "WA": "Western Australia", "TAS": "Tasmania", "ACT": "Australian Capital Territory", "NT": "Northern Territory"}  # fmt: skip
AU_RANGES = (("ACT", 2600, 2618), ("ACT", 2900, 2920), ("NSW", 1000, 2999), ("VIC", 3000, 3999), ("QLD", 4000, 4999),
             ("SA", 5000, 5799), ("WA", 6000, 6797), ("TAS", 7000, 7799), ("NT", 800, 899))  # fmt: skip
IN_STATES = (
    "Andhra Pradesh", "Arunachal Pradesh", "Assam", "Bihar", "Chhattisgarh", "Goa", "Gujarat", "Haryana",
    "Himachal Pradesh",
    "Jharkhand", "Karnataka", "Kerala", "Madhya Pradesh", "Maharashtra", "Manipur", "Meghalaya", "Mizoram", "Nagaland",
    "Odisha", "Punjab", "Rajasthan", "Sikkim", "Tamil Nadu", "Telangana", "Tripura", "Uttar Pradesh", "Uttarakhand",
    "West Bengal", "Jammu and Kashmir", "Ladakh", "Puducherry",
)  # fmt: skip
IN_SHORT = {"MH": "Maharashtra", "KA": "Karnataka", "TN": "Tamil Nadu", "UP": "Uttar Pradesh", "MP": "Madhya Pradesh",
            "WB": "West Bengal", "TS": "Telangana", "RJ": "Rajasthan", "GJ": "Gujarat", "HR": "Haryana", "KL": "Kerala",
            "Tamilnadu": "Tamil Nadu", "Orissa": "Odisha"}  # fmt: skip
# By the first two or three digits of the PIN, where they lie in one state alone.
PIN_STATES = {"11": "Delhi", "12": "Haryana", "13": "Haryana", "14": "Punjab", "15": "Punjab", "16": "Chandigarh",
              "17": "Himachal Pradesh", "20": "Uttar Pradesh", "21": "Uttar Pradesh", "22": "Uttar Pradesh",
              "23": "Uttar Pradesh", "27": "Uttar Pradesh", "28": "Uttar Pradesh", "248": "Uttarakhand", "30": "Rajasthan",
              "31": "Rajasthan", "32": "Rajasthan", "33": "Rajasthan", "34": "Rajasthan", "36": "Gujarat", "37": "Gujarat",
              "38": "Gujarat", "39": "Gujarat", "403": "Goa", "40": "Maharashtra", "41": "Maharashtra", "42": "Maharashtra",
              "43": "Maharashtra", "44": "Maharashtra", "45": "Madhya Pradesh", "46": "Madhya Pradesh", "47": "Madhya Pradesh",
              "48": "Madhya Pradesh", "49": "Chhattisgarh", "50": "Telangana", "51": "Andhra Pradesh", "52": "Andhra Pradesh",
              "53": "Andhra Pradesh", "56": "Karnataka", "57": "Karnataka", "58": "Karnataka", "59": "Karnataka",
              "605": "Puducherry", "60": "Tamil Nadu", "61": "Tamil Nadu", "62": "Tamil Nadu", "63": "Tamil Nadu",
              "64": "Tamil Nadu", "67": "Kerala", "68": "Kerala", "69": "Kerala", "737": "Sikkim", "70": "West Bengal",
              "71": "West Bengal", "72": "West Bengal", "73": "West Bengal", "75": "Odisha", "76": "Odisha", "77": "Odisha",
              "78": "Assam", "800": "Bihar", "834": "Jharkhand"}  # fmt: skip
CITIES = {
    "IN": ("Mumbai", "Navi Mumbai", "New Delhi", "Delhi", "Bengaluru", "Bangalore", "Hyderabad", "Secunderabad", "Chennai", "Kolkata",
           "Pune", "Ahmedabad", "Surat", "Jaipur", "Lucknow", "Kanpur", "Nagpur", "Indore", "Thane", "Bhopal", "Patna",
           "Vadodara",
           "Ghaziabad", "Ludhiana", "Agra", "Nashik", "Faridabad", "Meerut", "Rajkot", "Varanasi", "Srinagar",
           "Amritsar", "Ranchi",
           "Coimbatore", "Vijayawada", "Jodhpur", "Madurai", "Raipur", "Kochi", "Cochin", "Chandigarh", "Guwahati",
           "Mysuru",
           "Mysore", "Gurgaon", "Gurugram", "Noida", "Greater Noida", "Dehradun", "Udaipur", "Panaji", "Margao",
           "Trivandrum",
           "Thiruvananthapuram", "Visakhapatnam", "Vizag", "Mangalore", "Mangaluru", "Hubli", "Kolhapur", "Aurangabad",
           "Goa"),
    "AU": ("Sydney", "Melbourne", "Brisbane", "Perth", "Adelaide", "Hobart", "Darwin", "Canberra", "Gold Coast", "Newcastle",
           "Geelong", "Wollongong", "Cairns", "Townsville", "Ballarat", "Bendigo", "Toowoomba", "Fremantle",
           "Parramatta"),
}  # fmt: skip
# Where a city is told without its code; those of one name in several states are left out.
CITY_STATES = {
    city: state
    for state, cities in {
        "Maharashtra": "Mumbai, Navi Mumbai, Pune, Nagpur, Thane, Nashik, Kolhapur", "Karnataka": "Bengaluru, Bangalore, Mysuru, "
        "Mysore, Mangalore, Mangaluru, Hubli", "Telangana": "Hyderabad, Secunderabad", "West Bengal": "Kolkata", "Gujarat":
        "Ahmedabad, Surat, Vadodara, Rajkot", "Rajasthan": "Jaipur, Jodhpur, Udaipur", "Uttar Pradesh": "Lucknow, Kanpur, Ghaziabad, "
        "Agra, Meerut, Varanasi, Noida, Greater Noida", "Madhya Pradesh": "Indore, Bhopal", "Bihar": "Patna", "Punjab": "Ludhiana, "
        "Amritsar", "Haryana": "Faridabad, Gurgaon, Gurugram", "Jharkhand": "Ranchi", "Tamil Nadu": "Chennai, Coimbatore, Madurai",
        "Andhra Pradesh": "Vijayawada, Visakhapatnam, Vizag", "Chhattisgarh": "Raipur", "Kerala": "Kochi, Cochin, Trivandrum, "
        "Thiruvananthapuram", "Assam": "Guwahati", "Uttarakhand": "Dehradun", "Goa": "Panaji, Margao", "Delhi": "Delhi, New Delhi",
        "Chandigarh": "Chandigarh", "NSW": "Sydney, Wollongong, Parramatta", "VIC": "Melbourne, Geelong, Ballarat, Bendigo",
        "QLD": "Brisbane, Gold Coast, Cairns, Townsville, Toowoomba", "WA": "Perth, Fremantle", "SA": "Adelaide",
        "TAS": "Hobart", "NT": "Darwin", "ACT": "Canberra",
    }.items()
    for city in cities.split(", ")
}  # fmt: skip
STREET = (
    r"st|street|rd|road|ave|avenue|dr|drive|ct|crt|court|pl|place|pde|parade|tce|terrace|cres|crescent|ln|"
    r"lane|hwy|highway|cl|close|"
    r"blvd|boulevard|way|esp|esplanade|gr|grove|cct|circuit|marg|gali|path"
)
AREA = (
    r"nagar|colony|sector|sec|society|soc|apartment|apartments|apt|flat|plot|house|h\.?no|floor|flr|block|"
    r"building|bldg|tower|phase|layout|"
    r"cross|main|chowk|bazaar|bazar|market|mohalla|enclave|vihar|puram|pura|wadi|village|near|opp|"
    r"opposite|behind|nr|unit|shop|level|suite|"
    r"park|complex|chs|residency|heights|villa|estate|campus|station|mandir|galli|peth|east|west|po box|"
    r"district|dist|taluka|pin|pincode|niwas|nivas|bhavan|bhawan|kunj|sadan|vatika"
)
ADDRESS_WORD = re.compile(rf"\b(?:{STREET}|{AREA})\b", re.I)
STREET_WORD = re.compile(rf"\b(?:{STREET}|nagar|colony|layout|society|vihar|enclave|marg|apartments?)\b\.?", re.I)
PIN = re.compile(r"(?<![\d+@₹])([1-9]\d{2})[ -]?(\d{3})(?!\d)")
AU_STATE = re.compile(rf"\b({'|'.join(AU_STATES)}|{'|'.join(AU_STATES.values())})\b")
AU_CODE = re.compile(
    rf"(?:\b({'|'.join(AU_STATES)}|{'|'.join(AU_STATES.values())}))?[\s,.-]*(?<!\d)(\d{{4}})(?![\d/])", re.I
)
IN_STATE = re.compile(rf"\b({'|'.join(IN_STATES)})\b", re.I)
IN_STATE_SHORT = re.compile(rf"(?:(?<=[,.\s-]))({'|'.join(IN_SHORT)})(?=[\s,.-]|$)")
COUNTRY = re.compile(r"[\s,.-]*\b(india|bharat|australia|aus)\b\.?", re.I)


def state_of(code: str, country: str) -> str:
    """The state a postal code lies in, "" when it cannot be told."""
    if country == "AU":
        return next((s for s, low, high in AU_RANGES if code.isdecimal() and low <= int(code) <= high), "")
    return PIN_STATES.get(code[:3]) or PIN_STATES.get(code[:2], "")


def known_city(text: str, country: str) -> str:
    """The known city named last in the text."""
    found = re.findall(rf"\b({'|'.join(sorted(CITIES.get(country, ()), key=len, reverse=True))})\b", text, re.I)
    return found[-1] if found else ""
