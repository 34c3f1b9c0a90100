"""Name order: where a name stands in a list that is sorted by surname, whatever script it is in.

The order is that of the Unicode Collation Algorithm's root table at its first level, for the letters that living languages
write names with. Case, accents, spaces, hyphens and apostrophes are passed over ("O’Neill" stands beside "Oneill", "de la Mare"
beside "Delamare"), and scripts follow one another as in Unicode. What single languages do otherwise (Swedish å after z) is not
done: a list has names of many.
"""

import re
import unicodedata

from campaign.domain.common.text_folding import fold_text

_ANY_CASE_PARTICLES = frozenset(
    {
        "van", "von", "vande", "vanden", "vander", "de", "del", "della", "di", "du", "da", "das", "dos", "der", "den", "ter",
        "ten", "la", "le", "st", "st.", "saint", "mac", "mc", "mhic", "ni", "nic", "ui", "al", "el", "bin", "ibn", "ap", "ab",
    }
)  # fmt: skip
_SMALL_PARTICLES = frozenset(
    {
        "do", "te", "tot", "op", "in", "zu", "zum", "zur", "vom", "af", "av", "het", "'t", "des", "degli", "dei", "delle",
        "las", "les", "los", "san", "lo", "bint", "ferch", "an", "na",
    }
)  # fmt: skip
"""Only in small letters: with a capital some are names of their own."""
_GAELIC_O = frozenset(("Ó", "ó", "O'", "O’", "o'", "o’"))
"""Without accent or apostrophe an "O" is an initial."""
_SUFFIXES = frozenset(
    {
        "Jr", "Jr.", "Sr", "Sr.", "Jnr", "Jnr.", "Snr", "Snr.", "II", "III", "IV", "MBE", "OBE", "CBE", "KBE", "DBE", "BEM",
        "KC", "QC", "MP", "MSP", "MLA", "JP", "PhD", "DPhil", "Esq", "Esq.", "FRS", "RN",
    }
)  # fmt: skip
"""Behind a name, and none of it; in this spelling alone, since Ma and Ba are surnames."""
# Family names come first where names are in Chinese characters, Hangul, kana or Khmer; names in Thai, Lao, Burmese, Tibetan,
# Ethiopic and Mongolian are listed by their first word, whether there is a family name or none.
_WHOLE_NAME = re.compile(
    "[\u0e00-\u109f\u1100-\u139f\u1780-\u18af\u3040-\u30ff\u3130-\u318f\u3400-\u9fff"
    "\uac00-\ud7a3\uf900-\ufaff\U00020000-\U0003ffff]"
)
_FAMILY_NAME_FIRST = re.compile("[\u3040-\u30ff\u3130-\u318f\u3400-\u9fff\uac00-\ud7a3\uf900-\ufaff\U00020000-\U0003ffff]")
# Vowels that are written before the consonant they are spoken after.
_LEADING_VOWEL = re.compile("([\u0e40-\u0e44\u0ec0-\u0ec4])([\u0e01-\u0e2e\u0e81-\u0eae])")
_ALPHABETS = (
    # Cyrillic: those of Slavic, Turkic and Iranian languages; "й" and "ё" are folded.
    "абвгґғҕдђҙеєжҗзѕиҋіјкқҡҟҝлљмнңҥњопрсҫтҭћуүұфхҳһцҵчҷҹџшщъыьѣэюяѫѳѵӏ",
    # Arabic, Persian, Urdu, Pashto, Kurdish, Sindhi, Uyghur.
    "ءابٻپڀتٺٿٹثجڄڃچڇحخڅدڌڈډڊڍذرڑړزژږسشښصضطظعغفڤقكگڳڱلمنںڻڼهوۇۆۋي",
    # Georgian with its old letters, Armenian with the ligature that is a letter.
    "აბგდევზჱთიკლმნჲოპჟრსტჳუფქღყშჩცძწჭხჴჯჰჵ",
    "աբգդեզէըթժիլխծկհձղճմյնշոչպջռսվտրցւփքօֆ",
)
"""Letters in the order of the Default Unicode Collation Element Table, where their code points have another."""
_SAME = {
    # Forms at the end of a Hebrew word; letters that keyboards of different languages have for one.
    "ך": "כ", "ם": "מ", "ן": "נ", "ף": "פ", "ץ": "צ", "ک": "ك", "ڪ": "ك", "ی": "ي", "ى": "ي", "ې": "ي", "ۍ": "ي", "ے": "ي",
    "ہ": "ه", "ھ": "ه", "ە": "ه", "ة": "ه", "ۃ": "ه", "ٱ": "ا", "և": "եւ", "ς": "σ",
    # Small kana are as large ones; katakana are as hiragana, see below.
    "ぁ": "あ", "ぃ": "い", "ぅ": "う", "ぇ": "え", "ぉ": "お", "っ": "つ", "ゃ": "や", "ゅ": "ゆ", "ょ": "よ", "ゎ": "わ",
}  # fmt: skip
_END_OF_SURNAME = "\x01"
"""Before every letter, so that "Smith" with any first name comes before "Smithson"."""


def split_surname(name: str) -> tuple[str, str]:
    """The surname of a name, and what is left; the left is empty where all of the name is sorted by.

    A comma ends a surname that is written first. Otherwise it is the last word with the particles before it ("van der Berg",
    "Ó Briain", "Mac Giolla"), letters behind it ("MBE") passed over.
    """
    before, comma, after = (part.strip() for part in name.partition(","))
    if comma and before and after and not all(word in _SUFFIXES for word in after.replace(",", " ").split()):
        return before, after
    words = (before if comma and before else name).split()
    while len(words) > 2 and words[-1] in _SUFFIXES:  # A first and a last name are left.
        words.pop()
    if not words or _WHOLE_NAME.match(words[0]):
        return " ".join(words), ""
    at = len(words) - 1
    while at > 1 and _is_particle(words[at - 1]):
        at -= 1
    return " ".join(words[at:]), " ".join(words[:at])


def split_name(name: str) -> tuple[str, str]:
    """First and last name, for programs that keep two: as sorted by, but that of Chinese characters, Hangul and kana the first
    word is the last name, where there are two. A single word is a first name. Which part is whose differs by language; the name
    as it was given is the right one wherever one column is enough."""
    words = name.split(" ")
    if _FAMILY_NAME_FIRST.match(name):
        return (" ".join(words[1:]), words[0]) if len(words) > 1 else (name, "")
    if _WHOLE_NAME.match(name):
        return (" ".join(words[:-1]), words[-1]) if len(words) > 1 else (name, "")
    last, first = split_surname(name)
    return (first, last) if first else (name, "")


def sort_key(name: str) -> str:
    """What to compare, by code point, to have names in the order of their surnames, then of the others."""
    return _END_OF_SURNAME.join(_letters(part) for part in split_surname(name))


def _is_particle(word: str) -> bool:
    return (
        word.lower() in _ANY_CASE_PARTICLES or word in _SMALL_PARTICLES or word in _GAELIC_O or fold_text(word) in ("ni", "ui")
    )


def _letters(text: str) -> str:
    # Put together again: folding takes apart letters that some alphabets have whole.
    folded = unicodedata.normalize("NFC", fold_text(text))
    kept = "".join(letter for letter in folded if letter.isalnum() or ord(letter) >= _FIRST_VOWEL_SIGN)
    return _LEADING_VOWEL.sub(r"\2\1", kept.translate(_SAME_LETTERS)).translate(_PLACES)


_FIRST_VOWEL_SIGN = 0x0900
"""Code points from here on are kept whatever they are: vowel signs of Indic and other scripts are no letters to Python."""
_SAME_LETTERS = str.maketrans(
    {**_SAME, **{chr(code): _SAME.get(chr(code - 0x60), chr(code - 0x60)) for code in range(0x30A1, 0x30F7)}}
)
_PLACES = str.maketrans(
    {letter: place for alphabet in _ALPHABETS for letter, place in zip(alphabet, sorted(alphabet), strict=True)}
)
