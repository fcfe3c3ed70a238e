"""Decoding: which bytes are text, in which encoding, and what is said of those that are none."""

import codecs

import pytest

from core.curation.intake.decode import decode
from core.errors import Refused

FRENCH = "question;réponse\nOù est mon café ?;Voilà, à l’accueil – c’est gratuit.\n"


@pytest.mark.parametrize(
    ("data", "encoding"),
    [
        (FRENCH.encode(), "utf-8"),
        (codecs.BOM_UTF8 + FRENCH.encode(), "utf-8-sig"),
        (codecs.BOM_UTF16_LE + FRENCH.encode("utf-16-le"), "utf-16-le"),
        (codecs.BOM_UTF16_BE + FRENCH.encode("utf-16-be"), "utf-16-be"),
        (FRENCH.encode("cp1252"), "cp1252"),
        (b"question,answer\nplain,ascii\n", "utf-8"),
    ],
)
def test_an_encoding_is_told_and_leaves_the_text_as_it_was(data: bytes, encoding: str) -> None:
    decoded = decode("file.csv", data)

    assert decoded.encoding == encoding
    assert decoded.text in {FRENCH, "question,answer\nplain,ascii\n"}


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "is empty"),
        (b" \r\n \n", "is empty"),
        (codecs.BOM_UTF8, "is empty"),
        (codecs.BOM_UTF16_LE, "is empty"),
        (b"version https://git-lfs.github.com/spec/v1\noid sha256:00\n", "git lfs pull"),
        (b"PK\x03\x04rest", "zip archive"),
        (b"PAR1rest", "Parquet"),
        (b"%PDF-1.7", "PDF"),
        (b"\x1f\x8b\x08", "compressed"),
        (b"question,answer\nfine,\0\n", "line 2 holds a NUL byte"),
        (codecs.BOM_UTF8 + b"question\n\0", "line 2 holds a NUL byte"),
        ("question,answer\nq,a\n".encode("utf-16-le"), "UTF-16 without its mark"),
        (codecs.BOM_UTF16_LE + b"a\0b", "breaks off"),
        (codecs.BOM_UTF32_LE + "text".encode("utf-32-le"), "NUL characters"),
        (
            "質問,回答\n荷物はどこですか,ターンテーブルです\n".encode("shift_jis"),
            "encoding of file.csv is unknown",
        ),
        ("問題,答案\n行李在哪裡,在轉盤上\n".encode("big5"), "encoding of file.csv is unknown"),
        ("вопрос;ответ\nГде мой багаж;На ленте\n".encode("cp1251"), "encoding of file.csv is unknown"),
        ("pytanie;odpowiedź\nGdzie są bagaże?;Są już na taśmie, proszę.\n".encode("cp1250"), "unknown"),
        (b"question,answer\n" + bytes(range(128, 256)), "unknown"),
    ],
)
def test_what_is_no_text_is_refused_in_a_sentence_that_names_the_file(data: bytes, said: str) -> None:
    with pytest.raises(Refused, match=r"file\.csv") as refused:
        decode("file.csv", data)

    assert said in str(refused.value)
    assert "nothing was imported" in str(refused.value)


def test_an_excel_workbook_is_called_one_and_the_way_out_is_named() -> None:
    with pytest.raises(Refused, match="Save its sheet as CSV") as refused:
        decode("book.xlsx", b"PK\x03\x04")

    assert "Supported are CSV" in str(refused.value)


def test_a_few_broken_bytes_do_not_turn_a_utf8_file_into_another_encoding() -> None:
    data = "où est le café ? déjà vu, à bientôt".encode() + b"\xc3"

    decoded = decode("file.csv", data)

    assert decoded.encoding == "utf-8"
    assert "café" in decoded.text
    assert "1 bytes" in decoded.notes[0]
