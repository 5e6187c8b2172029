"""The words around products in messages: prices, politeness, measures, colours and what parts two wishes."""

import re

PRICE = re.compile(
    r"(?:@\s*)?(?:₹|\brs\.?|\binr\b|\baud\b|a?\$)\s*(\d[\d,]*(?:\.\d+)?)(?:\s*/-)?(?:\s*(?:each|ea|"
    r"per \w+|/\s?(?:pc|piece|each|ea|unit)|only))?"
    r"|@\s*(\d[\d,]*(?:\.\d+)?)(?:\s*/-)?(?:\s*(?:each|ea|per \w+))?|\b(\d[\d,]*(?:\.\d+)?)\s*(?:/-|"
    r"rs\b\.?|rupees|rupaye|bucks|dollars)(?:\s*(?:each|ea|wala|wali|wale|per \w+))?",
    re.I,
)
PHRASES = re.compile(
    r"\b(?:(?:bhej|de|kar|karwa|likh|bata|le)\s?(?:diya|diye|dia)(?:\s(?:hai|tha))?|bhej\s?(?:do|dena|dijiye|de|na)|bhijwa\s?(?:do|dena)|de\s?(?:do|dena|dijiye|na)|kar\s?(?:do|"
    r"dena|dijiye|de)|karwa\s?do|likh\s?(?:lo|do)|"
    r"book\s?kar\w*|chahiye\s*(?:tha|the|thi|hai|hain)?|mangta|mangwana\s*(?:hai|tha)?|order\s*(?:dena|"
    r"karna|kar)\s*(?:hai|tha|rahe|raha|rahi)?|"
    r"(?:i|we)(?:'d| would)?\s*(?:want|need|like|love|take|have|order|grab|get)\s*(?:to\s*(?:order|buy|"
    r"get|have|purchase|grab))?|i'?ll (?:take|have|grab|get)|"
    r"(?:can|could|may) (?:i|we|you)\s*(?:please|pls|plz)?\s*(?:have|get|order|grab|send|do|book|pls|"
    r"please)?(?: me| us)?|"
    r"(?:looking|keen|want) (?:for|to (?:order|buy|get))|after (?=\d)|chuck in|throw in|"
    r"put (?:me )?down for|set us up with|"
    r"do you (?:have|sell|stock)|thank(?:s| you)(?: (?:so much|heaps|a lot|in advance))?|good (?:morning|"
    r"afternoon|evening|day)|how are you\w*|"
    r"hope (?:you|all)[\w' ]{0,25}well|as discussed|as per (?:our )?\w+|a (?:few|bit|lot)|for (?:me|us|"
    r"my (?:wife|mum|mother|husband|shop|cafe|sister|office))|"
    r"one more thing|of (?:the|those|these|your)|lots? of|no (?:rush|worries|hurry|problem)|"
    r"no,? (?:thanks|thank you))\b",
    re.I,
)
FILLER = {
    "hi", "hello", "hey", "hlo", "helo", "dear", "sir", "madam", "mam", "maam", "bhai", "bhaiya", "bhaiyya", "ji",
    "namaste", "namaskar",
    "please", "pls", "plz", "plse", "kindly", "order", "send", "need", "want", "wanted", "require", "required",
    "chahiye", "chaiye",
    "chahie", "chahiya", "mujhe", "muje", "hume", "humko", "hamko", "ko", "ke", "ka", "ki", "hai", "hain", "h",
    "aur", "bhi", "and", "also",
    "plus", "with", "the", "of", "for", "to", "me", "us", "i", "we", "my", "our", "some", "wala", "wali", "wale",
    "vala", "team", "there",
    "mate", "g'day", "gday", "ok", "okay", "yes", "haan", "then", "only", "just", "more", "another", "item",
    "items", "product", "products",
    "pieces", "urgent", "urgently", "asap", "jaldi", "thanks", "thank", "you", "thx", "ty", "cheers", "ta",
    "same", "in", "from", "your",
    "total", "price", "rate", "each", "at", "on", "is", "it", "be", "will", "would", "like", "get", "have",
    "grab", "buy", "add", "qty",
    "quantity", "list", "following", "follows", "below", "here", "that", "this", "these", "those", "one", "ones",
    "new", "aap", "se", "mein",
    "pe", "par", "liye", "bhej", "bhejo", "dena", "do", "kar", "karo", "bhejna", "bhejiye", "dijiye", "mera",
    "meri", "hum", "main", "are", "morning",
    "so", "both", "large?", "deliver", "delivery", "ship", "could", "can", "too", "well", "as", "am", "im", "all",
    "type", "colour?", "stock", "kitna", "kitne", "kitni",
}  # fmt: skip
MEASURE = {"ml", "l", "g", "kg", "cm", "mm", "inch", "in", "ft", "m", "w", "watt", "gsm", "oz", "lb", "litre", "ltr", "gm", "gms", "gram",
           "grams", "kgs", "liter", "ply", "cl", "mtr", "metre"}  # fmt: skip
NOT_GOODS = {"day", "din", "dino", "hour", "hr", "hrs", "ghante", "minute", "min", "am", "pm",
             "baje", "floor", "km", "year", "saal", "people",
             "person", "log", "logo", "time", "baar", "week", "month", "o'clock", "oclock", "discount", "off", "message",
             "kid", "gift", "st", "nd", "rd", "th",
             "stars", "star", "order", "invoice", "number", "thing", "bell", "ring", "gate", "door", "call", "birthday",
             "shaadi", "party"}  # fmt: skip
# What stands in brackets about the packing, not about the product.
REMARK = re.compile(
    r"\([^)\d]*\b(?:gift|wrap|wrapped|urgent|fragile|carefully|packing|with card)\b[^)\d]*\)", re.IGNORECASE
)
COLOURS = {"red", "blue", "green", "black", "white", "yellow", "pink", "gray", "natural", "brown", "orange", "purple", "navy", "gold",
           "silver", "indigo", "teal", "cream", "beige", "maroon", "large", "small", "medium", "xl", "xxl", "mustard",
           "sage", "charcoal"}  # fmt: skip
IN_PAIRS = {
    "pair",
    "sock",
    "shoe",
    "earring",
    "glove",
    "sandal",
    "slipper",
    "cufflink",
    "jutti",
    "thong",
    "boot",
    "chappal",
}
CONTAINERS = {
    "bottle",
    "bottles",
    "botal",
    "dabba",
    "dabbe",
    "jar",
    "jars",
    "tin",
    "tins",
    "bag",
    "bags",
    "can",
    "cans",
    "katta",
    "bori",
    "thaili",
}
SETS = {"set", "pack", "box", "carton", "case"}
WORD = re.compile(r"[^\s,;]+")
SPLIT = re.compile(
    r"\s*(?:[;\n]|,(?!\d{3}\b)|\s\+\s|\s&\s|\s/\s|\.\s+(?=\S)|[!?]\s*|\s(?:and|aur|plus|also|tatha|और|n)\s)\s*", re.I
)
