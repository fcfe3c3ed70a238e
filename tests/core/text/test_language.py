"""Language: told where it is certain, refused where it is not."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.text.language import language_of

TEXTS = {
    "English": "I left my bag on the train and would like to know where it is and how I can get it back.",
    "German": "Ich habe meine Tasche im Zug vergessen und möchte wissen, wo sie ist und wie ich sie bekomme.",
    "French": "J'ai oublié mon sac dans le train et je voudrais savoir où il est et comment je le retrouve.",
    "Spanish": "Olvidé mi bolso en el tren y quisiera saber dónde está y cómo puedo recuperarlo, por favor.",
    "Italian": "Ho dimenticato la mia borsa sul treno e vorrei sapere dove si trova e come posso riaverla.",
    "Portuguese": "Esqueci a minha mala no comboio e queria saber onde está e como posso recuperar isso.",
    "Dutch": "Ik heb mijn tas in de trein laten liggen en wil graag weten waar die is en hoe ik hem krijg.",
    "Swedish": "Jag glömde min väska på tåget och vill veta var den är och hur jag kan få den tillbaka.",
    "Danish or Norwegian": "Jeg glemte min taske i toget og vil vide hvor den er, og hvordan jeg kan få den.",
    "Polish": "Zostawiłem torbę w pociągu i chciałbym wiedzieć, gdzie ona jest i jak mogę ją odzyskać.",
    "Czech or Slovak": "Zapomněl jsem si tašku ve vlaku a rád bych věděl, kde je a jak se k ní mohu dostat.",
    "Hungarian": "A vonaton felejtettem a táskámat, és szeretném tudni, hogy hol van, és hogyan kapom meg.",
    "Finnish": "Unohdin laukkuni junaan ja haluaisin tietää, missä se on ja miten voin saada sen, kiitos.",
    "Turkish": "Çantamı trende unuttum ve nerede olduğunu ve nasıl alabileceğimi öğrenmek istiyorum, lütfen.",
    "Greek": "Ξέχασα την τσάντα μου στο τρένο χθες και θα ήθελα να μάθω πού βρίσκεται.",
    "a language in Cyrillic script": "Вчера я забыл сумку в поезде и хотел бы узнать, где она.",
    "a language in Arabic script": "نسيت حقيبتي في القطار أمس وأريد أن أعرف أين هي",
    "Hebrew": "שכחתי את התיק שלי ברכבת אתמול ואני רוצה לדעת איפה הוא",
    "Japanese": "昨日電車にかばんを忘れました。どこにありますか。",
    "Chinese": "我昨天把包忘在火车上了，请问在哪里可以找到",
    "Korean": "어제 기차에 가방을 두고 내렸는데 어디에 있는지 알고 싶습니다",
    "Thai": "เมื่อวานฉันลืมกระเป๋าไว้บนรถไฟ",
}


@pytest.mark.parametrize(("language", "text"), TEXTS.items())
def test_a_sentence_or_two_tell_the_language(language: str, text: str) -> None:
    assert language_of(text) == language


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Yes, of course.",
        "Terminal A, level 3",
        "Gate 12 / 14:30 / €12",
        "iPhone Samsung Galaxy Wi-Fi USB Bluetooth Apple Google Android",
        "https://example.com/de/ich-habe-meine-tasche-vergessen",
        "ok ok ok ok ok ok ok ok ok ok",
        "Bring us the Koffer: die Frage ist, where it is und wie we get it zurück, please und danke for that",
    ],
)
def test_short_and_mixed_texts_are_not_guessed_at(text: str) -> None:
    assert language_of(text) is None


def test_a_foreign_word_or_name_does_not_change_the_language() -> None:
    text = (
        "We took a taxi to the Bahnhof in München and asked the man at the desk where the train to Köln was."
    )

    assert language_of(text) == "English"


@given(st.text())
def test_any_text_can_be_asked_about(text: str) -> None:
    assert language_of(text) is None or language_of(text) == language_of(f"{text} ")
