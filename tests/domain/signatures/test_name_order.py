"""The order of names in lists, script by script."""

import random

import pytest

from campaign.domain.signatures.name_order import sort_key, split_surname

ALPHABETS = {
    # As each language teaches it, for letters that stand alone; what is not here is folded into another letter.
    "ukrainian": "а б в г ґ д е є ж з и і к л м н о п р с т у ф х ц ч ш щ ь ю я",
    "russian": "а б в г д е ж з и к л м н о п р с т у ф х ц ч ш щ ъ ы ь э ю я",
    "serbian": "а б в г д ђ е ж з и ј к л љ м н њ о п р с т ћ у ф х ц ч џ ш",
    "greek": "α β γ δ ε ζ η θ ι κ λ μ ν ξ ο π ρ σ τ υ φ χ ψ ω",
    "arabic": "ا ب ت ث ج ح خ د ذ ر ز س ش ص ض ط ظ ع غ ف ق ك ل م ن ه و ي",
    "persian": "ا ب پ ت ث ج چ ح خ د ذ ر ز ژ س ش ص ض ط ظ ع غ ف ق ک گ ل م ن",
    "hebrew": "א ב ג ד ה ו ז ח ט י כ ל מ נ ס ע פ צ ק ר ש ת",
    "armenian": "ա բ գ դ ե զ է ը թ ժ ի լ խ ծ կ հ ձ ղ ճ մ յ ն շ ո չ պ ջ ռ ս վ տ ր ց ւ փ ք օ ֆ",
    "georgian": "ა ბ გ დ ე ვ ზ თ ი კ ლ მ ნ ო პ ჟ რ ს ტ უ ფ ქ ღ ყ შ ჩ ც ძ წ ჭ ხ ჯ ჰ",
    "hindi": "अ आ इ ई उ ऊ ए ऐ ओ औ क ख ग घ च छ ज झ ट ठ ड ढ त थ द ध न प फ ब भ म य र ल व श ष स ह",
    "tamil": "அ ஆ இ ஈ உ ஊ எ ஏ ஐ ஒ ஓ ஔ க ங ச ஞ ட ண த ந ப ம ய ர ல வ",
    "thai": "ก ข ค ฆ ง จ ฉ ช ซ ญ ฎ ฏ ฐ ฑ ฒ ณ ด ต ถ ท ธ น บ ป ผ ฝ พ ฟ ภ ม ย ร ล ว ศ ษ ส ห ฬ อ ฮ",
    "hangul": "가 나 다 라 마 바 사 아 자 차 카 타 파 하",
    "kana": "あ い う え お か き く け こ さ し す せ そ た ち つ て と な に ぬ ね の は ひ ふ へ ほ ま み む め も や",
    "amharic": "ሀ ለ ሐ መ ሠ ረ ሰ ሸ ቀ በ ተ ቸ ኀ ነ ኘ አ ከ ወ ዐ ዘ ዠ የ ደ ጀ ገ ጠ ጨ ጰ ጸ ፈ",
}  # fmt: skip


@pytest.mark.parametrize("language", ALPHABETS)
def test_names_stand_in_the_order_of_their_alphabet(language: str) -> None:
    letters = ALPHABETS[language].split()
    # As the surname of somebody, with the first name of somebody else before it, and alone.
    for names in (
        [f"{letter}{letter}" for letter in letters],
        [f"{letters[-1 - at]} {letter}ا" for at, letter in enumerate(letters)],
    ):
        if " " in names[0] and language in ("thai", "hangul", "kana", "amharic"):
            continue  # The first word counts.
        mixed = random.Random(1).sample(names, len(names))
        assert sorted(mixed, key=sort_key) == names


@pytest.mark.parametrize(
    ("name", "parts"),
    [
        ("Ada Lovelace", ("Lovelace", "Ada")), ("Ludwig van der Berg", ("van der Berg", "Ludwig")),
        ("LUDWIG VAN DER BERG", ("VAN DER BERG", "LUDWIG")), ("Walter de la Mare", ("de la Mare", "Walter")),
        ("Siân Ó Súilleabháin", ("Ó Súilleabháin", "Siân")), ("John O Smith", ("Smith", "John O")),
        ("Nuala Ní Dhomhnaill", ("Ní Dhomhnaill", "Nuala")), ("Máire Mac an Bhaird", ("Mac an Bhaird", "Máire")),
        ("Ian Mac Donald", ("Mac Donald", "Ian")), ("Van Morrison", ("Morrison", "Van")),
        ("john smith jones", ("jones", "john smith")),
        ("Juan dos Santos", ("dos Santos", "Juan")), ("Mary St John", ("St John", "Mary")),
        ("Dafydd ap Gwilym", ("ap Gwilym", "Dafydd")),
        ("John Smith MBE", ("Smith", "John")), ("John Smith, OBE", ("Smith", "John")), ("Smith, John", ("Smith", "John")),
        ("Martin Luther King Jr.", ("King", "Martin Luther")), ("Jack Ma", ("Ma", "Jack")), ("Cher", ("Cher", "")),
        ("MBE", ("MBE", "")),
        ("李小龍", ("李小龍", "")), ("王 小明", ("王 小明", "")), ("김민수", ("김민수", "")), ("สมชาย ใจดี", ("สมชาย ใจดี", "")),
        ("𠮷田 茂", ("𠮷田 茂", "")), ("", ("", "")), (",", (",", "")),
    ],
)  # fmt: skip
def test_the_surname_of_a_name_in_one_field(name: str, parts: tuple[str, str]) -> None:
    assert split_surname(name) == parts


def test_case_accents_spaces_and_marks_are_passed_over_and_scripts_follow_one_another() -> None:
    names = [
        "Zoë Abel", "Ann de la Mare", "Bob Delamare", "ann DÉLÀMÀRÉT", "Ian Mac Donald", "Jo MacDonald", "Al McDonald",
        "Dara Ó Briain", "Ann O'Neill", "Bob O’Neill", "Cy Oneill", "Ann Smith", "Zed Smith", "Ann Smith-Jones", "Ann Smithson",
        "Ludwig van Beethoven", "Ann Vance", "Πέτρος Άλφα", "Иван Ёлкин", "Иван Жуков", "Олена Їжак", "سارة پارسا", "محمد علي",
        "アベ 太郎", "いとう 花", "ウエダ 花", "王小明", "王 小明", "김민수",
    ]  # fmt: skip
    assert sorted(random.Random(2).sample(names, len(names)), key=lambda name: (sort_key(name), names.index(name))) == names
    assert sort_key("Ann de la Mare") < sort_key("Bob Delamare") < sort_key("Cy DE LA MARE")
    assert sort_key("Jo Łukasz") == sort_key("jo lukasz")
