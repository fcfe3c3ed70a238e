"""Decoding: which bytes are text, in which encoding, and what is said of those that are none."""

import codecs

import pytest

from core.curation.intake.plain.decode import Encoding, encoding_of, whole_text
from core.curation.intake.source import source_of
from core.errors import Refused
from tests.core.curation.intake.files import found

FRENCH = "question;réponse\nOù est mon café ?;Voilà, à l’accueil – c’est gratuit.\n"
GERMAN = "Frage;Antwort\nWo ist mein Gepäck?;Auf Band 4, bitte schön. Grüße\n"
POLISH = "pytanie;odpowiedź\nGdzie jest mój bagaż?;Twój bagaż jest już na taśmie, proszę się zgłosić.\n"
CZECH = "otázka;odpověď\nKde je můj kufr?;Na páse číslo čtyři. Prosím, počkejte tam, děkujeme.\n"
TURKISH = "soru;cevap\nBavulum nerede?;Dört numaralı bantta. Lütfen orada bekleyiniz, teşekkür ederiz.\n"
RUSSIAN = "вопрос;ответ\nГде мой багаж?;Ваш багаж находится на ленте номер четыре.\n"
GREEK = "ερώτηση;απάντηση\nΠού είναι η βαλίτσα μου;Στον ιμάντα τέσσερα. Παρακαλώ περιμένετε εκεί.\n"
HEBREW = "שאלה;תשובה\nאיפה המזוודה שלי?;על מסוע מספר ארבע. אנא המתינו שם.\n"
ARABIC = "سؤال;جواب\nأين حقيبتي؟;على السير رقم أربعة. من فضلك انتظر هناك.\n"
THAI = "คำถาม;คำตอบ\nกระเป๋าของฉันอยู่ที่ไหน;อยู่ที่สายพานหมายเลขสี่ กรุณารอที่นั่น\n"
JAPANESE = (
    "質問,回答\n荷物はどこですか。,四番のベルトにあります。\n"
    "日本に豚肉を持ち込めますか?,検疫証明書が必要です。\n"
)
SIMPLIFIED = "问题,回答\n我的行李在哪里？,在四号传送带上。\n我可以带猪肉制品入境吗？,没有检疫证明不可以。\n"
TRADITIONAL = "問題,答案\n我的行李在哪裡？,在四號輸送帶上。\n我可以帶豬肉製品入境嗎？,沒有檢疫證明不可以。\n"
KOREAN = "질문,답변\n제 짐은 어디에 있나요?,4번 벨트에 있습니다.\n"
ENGLISH = "question,answer\nI can’t log in,Don’t worry – reset your password…\n"


def told(data: bytes, wanted: str | None = None) -> Encoding:
    return encoding_of(source_of("file.csv", data), wanted)


@pytest.mark.parametrize(
    ("data", "text", "called"),
    [
        (FRENCH.encode(), FRENCH, "utf-8"),
        (codecs.BOM_UTF8 + FRENCH.encode(), FRENCH, "utf-8-sig"),
        (codecs.BOM_UTF16_LE + FRENCH.encode("utf-16-le"), FRENCH, "utf-16-le"),
        (codecs.BOM_UTF16_BE + FRENCH.encode("utf-16-be"), FRENCH, "utf-16-be"),
        (codecs.BOM_UTF32_LE + FRENCH.encode("utf-32-le"), FRENCH, "utf-32-le"),
        (FRENCH.encode("utf-16-le"), FRENCH, "utf-16-le"),
        (FRENCH.encode("utf-16-be"), FRENCH, "utf-16-be"),
        (JAPANESE.encode("utf-16-le"), JAPANESE, "utf-16-le"),
        (JAPANESE.encode("utf-16-be"), JAPANESE, "utf-16-be"),
        (b"question,answer\nplain,ascii\n", "question,answer\nplain,ascii\n", "utf-8"),
        (FRENCH.encode("cp1252"), FRENCH, "cp1252"),
        (GERMAN.encode("cp1252"), GERMAN, "cp1252"),
        (ENGLISH.encode("cp1252"), ENGLISH, "cp1252"),
        (GERMAN.encode("mac_roman"), GERMAN, "mac_roman"),
        (GERMAN.encode("cp850"), GERMAN, "cp850"),
        (POLISH.encode("cp1250"), POLISH, "cp1250"),
        (POLISH.encode("iso8859_2"), POLISH, "iso8859_2"),
        (CZECH.encode("cp1250"), CZECH, "cp1250"),
        (TURKISH.encode("cp1254"), TURKISH, "cp1254"),
        (RUSSIAN.encode("cp1251"), RUSSIAN, "cp1251"),
        (RUSSIAN.encode("koi8_r"), RUSSIAN, "koi8_r"),
        (GREEK.encode("cp1253"), GREEK, "cp1253"),
        (HEBREW.encode("cp1255"), HEBREW, "cp1255"),
        (ARABIC.encode("cp1256"), ARABIC, "cp1256"),
        (THAI.encode("cp874"), THAI, "cp874"),
        (JAPANESE.encode("shift_jis"), JAPANESE, "shift_jis"),
        (JAPANESE.encode("euc_jp"), JAPANESE, "euc_jp"),
        (JAPANESE.encode("iso2022_jp"), JAPANESE, "iso2022_jp"),
        (SIMPLIFIED.encode("gb18030"), SIMPLIFIED, "gb2312"),
        (TRADITIONAL.encode("big5"), TRADITIONAL, "big5"),
        (KOREAN.encode("euc_kr"), KOREAN, "euc_kr"),
    ],
)
def test_an_encoding_is_told_and_leaves_the_text_as_it_was(data: bytes, text: str, called: str) -> None:
    encoding = told(data)

    assert whole_text(source_of("file.csv", data), encoding) == text
    assert encoding.called == called


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "is empty"),
        (b" \r\n \n", "is empty"),
        (codecs.BOM_UTF8, "is empty"),
        (codecs.BOM_UTF16_LE, "is empty"),
        (b"version https://git-lfs.github.com/spec/v1\noid sha256:00\n", "git lfs pull"),
        (b"PK\x03\x04rest", "zip archive"),
        (b"%PDF-1.7", "PDF"),
        (b"\x1f\x8b\x08", "compressed"),
        (b"{\\rtf1 text}", "RTF"),
        (b"question,answer\nfine,\0\n", "line 2 holds a NUL byte"),
        (codecs.BOM_UTF8 + b"question\n\0", "NUL"),
        (codecs.BOM_UTF16_LE + b"a\0b", "breaks off"),
        (codecs.BOM_UTF16_LE + b"a\0\0\0", "NUL characters"),
        (b"question,answer\n" + bytes(range(128, 256)), "unknown: from line 2 on"),
        (b"MZ\x90\0\3\0\0\0\4\0\0\0\xff\xff\0\0\xb8\0\0\0", "NUL byte"),
    ],
)
def test_what_is_no_text_is_refused_in_a_sentence_that_names_the_file(data: bytes, said: str) -> None:
    with pytest.raises(Refused, match=r"file\.csv") as refused:
        found(data)

    assert said in str(refused.value)
    assert "nothing was imported" in str(refused.value)


def test_a_few_broken_bytes_do_not_turn_a_utf8_file_into_another_encoding() -> None:
    data = "où est le café ? déjà vu, à bientôt".encode() + b"\xc3"

    encoding = told(data)

    assert encoding.called == "utf-8"
    assert "café" in whole_text(source_of("file.csv", data), encoding)
    assert "1 bytes" in encoding.notes[0]


def test_the_first_broken_byte_may_come_late_and_be_cut_by_a_piece() -> None:
    data = b"x" * ((1 << 20) - 1) + "é".encode() + b"\n" + "à bientôt ".encode("cp1252") * 9

    assert told(data).called == "cp1252"


def test_a_person_may_name_the_encoding() -> None:
    data = "kérdés;válasz\nHol van a bőröndöm?;Hátul.\n".encode("cp1250")

    assert "bőröndöm" in str(found(data, encoding="cp1250").cells)


@pytest.mark.parametrize(
    ("wanted", "said"), [("klingon", "no encoding called 'klingon'"), ("utf-8", "is not all utf-8")]
)
def test_an_encoding_that_is_unknown_or_does_not_fit_is_refused(wanted: str, said: str) -> None:
    with pytest.raises(Refused, match=said):
        told(FRENCH.encode("cp1252"), wanted)
