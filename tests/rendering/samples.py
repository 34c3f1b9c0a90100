"""Cards and posters to draw, and what is hard to draw."""

from typing import Any

from campaign.rendering.contents import Card, Poster

CAMPAIGN_URL = "https://sign.example.org/c/save-the-pond"
HARD_TITLES = {
    "arabic": "أنقذوا بركة القرية القديمة قبل 31 مارس 2027",
    "hebrew": "הצילו את הבריכה של הכפר (2027)",
    "welsh": "Achubwch bwll y pentref a’r ŵydd wen, y dŵr a’r tŷ",
    "emoji": "Save our 🐸 frogs 👩‍👩‍👧 ❤️ now 🇬🇧",
    "bengali": "গ্রামের পুকুর বাঁচান",
    "chinese": "拯救村里的池塘",
    "korean": "마을 연못을 지켜 주세요",
    "amharic": "የመንደሩን ኩሬ አድኑ",
    "longest": ("Reinstate a publicly owned and accountable National Health Service " * 3)[:150],
    "one word": "W" * 150,
    "one arabic word": "ب" * 150,
    "marks": "Z" + "\u0335\u0489" * 60,
    "controls": "Save\u202e the\x07 pond\u2066\u200f",
    "blank": "",
}


def sample_card(**changes: Any) -> Card:
    plain: dict[str, Any] = {
        "title": "Save the village pond",
        "recipient": "To: The parish council",
        "organiser": "Started by Friends of the Pond",
        "number": "12,000+",
        "number_prefix": "",
        "number_suffix": "signatures",
        "goal": "Next goal: 50,000",
        "progress": 0.24,
        "time_left": "29 days left",
        "last_day": "Sign by 31 March 2027",
        "site": "sign.example.org",
        "accent": "",
    }
    return Card(**{**plain, **changes})


def sample_poster(**changes: Any) -> Poster:
    plain: dict[str, Any] = {
        "title": "Save the village pond",
        "ask": "Keep the pond. Let nobody build on it.",
        "recipient": "To: The parish council",
        "organiser": "Started by Friends of the Pond",
        "call_to_action": "Sign here",
        "scan_label": "Scan to sign",
        "deadline": "Sign by 31 March 2027 at 11:59 pm BST",
        "address_label": "or go to",
        "printed_address": CAMPAIGN_URL.removeprefix("https://"),
        "qr_url": f"{CAMPAIGN_URL}?via=poster",
        "footer": "Every signature is confirmed by email.",
        "site": "sign.example.org",
        "accent": "",
        "language": "en",
    }
    return Poster(**{**plain, **changes})
