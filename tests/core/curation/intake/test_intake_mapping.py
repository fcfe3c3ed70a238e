"""The mapping: guessed from the names of the columns, or written by a person."""

import pytest

from core.curation.intake.mapping import Mapping, guess_mapping, mapping_for
from core.curation.intake.reading import read_file
from core.curation.intake.source import source_of
from core.curation.intake.table import Reading
from core.errors import Refused


def table(header: str, row: str = "") -> Reading:
    cells = row or ",".join(["x"] * (header.count(",") + 1))
    return read_file(source_of("file.csv", f"{header}\n{cells}\n".encode()))


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("question,answer", Mapping("question", "answer")),
        ("Customer_Question,Ideal Reply,Topic", Mapping("Customer_Question", "Ideal Reply", "Topic")),
        ("text,label", Mapping("text", "label")),
        ("Frage,Antwort,Kategorie,Kunde", Mapping("Frage", "Antwort", "Kategorie", customer="Kunde")),
        ("Pregunta,Respuesta", Mapping("Pregunta", "Respuesta")),
        ("demande,réponse,sujet", Mapping("demande", "réponse", "sujet")),
        ("質問,回答", Mapping("質問", "回答")),
        ("Ticket ID,Subject,Description", Mapping("Description", None, "Subject", "Ticket ID")),
        ("prompt,completion", Mapping("prompt", "completion")),
        ("prompt,chosen,rejected", Mapping("prompt", "chosen")),
        (
            "Message,Created at,Locale,Times asked,Priority,Colour",
            Mapping(
                "Message", date="Created at", language="Locale", volume="Times asked", keep=("Priority",)
            ),
        ),
    ],
)
def test_the_names_of_columns_suggest_the_mapping(header: str, expected: Mapping) -> None:
    assert guess_mapping(table(header)) == expected


def test_in_a_label_project_the_column_of_labels_is_the_reply_whatever_its_name() -> None:
    found = guess_mapping(table("text,kind", "I lost it,credit card"), ["Credit card", "Mortgage"])

    assert found == Mapping("text", "kind")


def test_names_that_say_nothing_are_refused_with_the_columns_there_are() -> None:
    assert guess_mapping(table("a,b")) is None
    with pytest.raises(Refused, match="Its columns: a, b"):
        mapping_for(table("a,b"), None)


def test_a_written_mapping_is_taken_as_it_is() -> None:
    found = mapping_for(table('"a, b=c",D,answer'), "question=a, b=c, reply = d")

    assert found == Mapping("a, b=c", "D")
    assert str(found) == "question=a, b=c,reply=D"


def test_any_other_columns_may_be_kept() -> None:
    found = mapping_for(table("question,colour,size"), "question=question,keep=Colour,keep=size,keep=colour")

    assert found == Mapping("question", keep=("colour", "size"))
    assert found.columns == ("question", "colour", "size")
    assert Mapping.from_json(found.to_json()) == found


def test_only_the_question_is_guessed_where_it_is_not_written() -> None:
    assert mapping_for(table("question,b,topic"), "reply=b") == Mapping("question", "b")
    assert mapping_for(table("question,answer"), "question=question,reply=") == Mapping("question")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("question=nope", "has no column 'nope' for the question. Its columns: question, answer"),
        ("question=question,reply=gone", "has no column 'gone' for the reply"),
        ("nonsense", "cannot be read at 'nonsense'"),
        ("colour=question", "question, reply, topic, ticket, customer, date, volume, language"),
        ("keep=gone", "has no column 'gone' to keep"),
        ("question=question,question=answer", "each once"),
        ("reply=question", "names no column for the question"),
        ("", "cannot be read"),
    ],
)
def test_a_mapping_that_does_not_fit_the_file_is_refused(text: str, said: str) -> None:
    with pytest.raises(Refused) as refused:
        mapping_for(table("question,answer"), text)

    assert said in str(refused.value)
    assert "nothing was imported" in str(refused.value)
