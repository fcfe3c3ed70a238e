"""The mapping: which column holds the question, the reply, the topic, the ticket and the customer."""

import re
from collections.abc import Collection
from dataclasses import dataclass, fields

from core.curation.intake.table import Table, listed
from core.errors import Refused

WORDS = {
    "question": (
        "instruction + input", "question", "customer question", "user question", "prompt", "query",
        "user query", "instruction",
        "consumer complaint narrative", "complaint text", "complaint", "narrative", "description",
        "customer message", "message", "user message", "inquiry", "enquiry", "request", "text", "input",
        "utterance", "body", "content", "ticket text",
        "frage", "kundenfrage", "anfrage", "nachricht", "beschwerde",
        "pregunta", "consulta", "mensaje", "domanda", "richiesta", "messaggio",
        "demande", "message client", "réclamation", "pergunta", "mensagem", "vraag", "bericht",
        "fråga", "spørgsmål", "spørsmål", "kysymys", "pytanie", "otázka", "soru", "вопрос",
        "質問", "問題", "问题", "提问", "질문", "السؤال", "سؤال",
    ),
    "reply": (
        "ideal reply", "ideal answer", "golden reply", "golden answer", "approved reply", "approved answer",
        "reply", "answer", "response", "completion", "output", "chosen", "agent reply", "agent response",
        "agent answer", "solution", "expected", "expected answer", "reference", "label",
        "antwort", "antworttext", "respuesta", "risposta", "réponse", "reponse", "resposta", "antwoord",
        "svar", "vastaus", "odpowiedź", "odpověď", "cevap", "yanıt", "ответ",
        "回答", "答案", "回复", "回覆", "답변", "الإجابة", "إجابة", "جواب",
    ),
    "topic": (
        "topic", "category", "intent", "subject", "product", "tag", "tags", "issue", "theme",
        "thema", "kategorie", "produkt", "tema", "categoría", "categoria", "sujet", "catégorie", "thème",
        "onderwerp", "argomento", "assunto", "тема", "カテゴリ", "类别", "主题", "主題",
    ),
    "ticket": (
        "ticket", "ticket id", "ticket number", "case", "case id", "case number", "conversation id",
        "complaint id", "id", "ticketnummer", "vorgang", "fall", "número de ticket", "numéro de ticket",
    ),
    "customer": (
        "customer", "customer id", "customer email", "requester", "requester id", "user id", "client",
        "client id", "account id", "kunde", "kundennummer", "cliente", "klant", "requester email",
    ),
}  # fmt: skip
"""Column names by what they mean, the likeliest first; compared without case, spaces and joining signs."""


@dataclass(frozen=True)
class Mapping:
    """The columns of an import; None where the file has none for it."""

    question: str
    reply: str | None = None
    topic: str | None = None
    ticket: str | None = None
    customer: str | None = None

    def __str__(self) -> str:
        named = ((field.name, getattr(self, field.name)) for field in fields(self))
        return ",".join(f"{field}={column}" for field, column in named if column is not None)


FIELDS = tuple(field.name for field in fields(Mapping))
PAIR_START = re.compile(rf",(?=\s*(?:{'|'.join(FIELDS)})\s*=)", re.IGNORECASE)


def guess_mapping(table: Table, labels: Collection[str] = ()) -> Mapping | None:
    """The mapping the column names suggest, or None where none of them reads like a question.

    Args:
        table: the file as read.
        labels: a label project's labels: the column that holds them is the reply, whatever its name.
    """
    found: dict[str, str] = {}
    labelled = _column_of_labels(table, labels)
    if labelled is not None:
        found["reply"] = labelled
    for field in FIELDS:
        column = _named(field, [one for one in table.columns if one not in found.values()])
        if field not in found and column is not None:
            found[field] = column
    return Mapping(**found) if "question" in found else None


def mapping_for(table: Table, text: str | None, labels: Collection[str] = ()) -> Mapping:
    """The mapping a person wrote as `question=COL,reply=COL,…`, or else the one the names suggest.

    What is written is used as it is: a field that is not named has no column. Only the question is guessed
    where it is missing.

    Raises:
        Refused: it is not written so, names a column the file lacks, or no column reads like a question.
    """
    guessed = guess_mapping(table, labels)
    if text is None:
        if guessed is None:
            raise Refused(
                f"No column of {table.name} reads like the customer's question. Name it, for instance with "
                f"--map 'question=COLUMN,reply=COLUMN'; nothing was imported. Its columns: "
                f"{listed(table.columns)}."
            )
        return guessed
    written = _pairs(table, text)
    if "question" not in written:
        if guessed is None or guessed.question in written.values():
            raise Refused(
                f"The mapping names no column for the question; nothing was imported. "
                f"The columns of {table.name}: {listed(table.columns)}."
            )
        written["question"] = guessed.question
    return Mapping(**written)


def check_mapping(table: Table, mapping: Mapping) -> None:
    """Make sure that every mapped column is there and stands for one thing.

    Raises:
        Refused: a column is missing, or is both the question and the reply.
    """
    for field in FIELDS:
        column = getattr(mapping, field)
        if column is not None:
            _column(table, field, column)
    if mapping.question == mapping.reply:
        raise Refused(
            f"The column {mapping.question} of {table.name} cannot be both the question and the reply. "
            "Choose two columns; nothing was imported."
        )


def is_known(name: str) -> bool:
    """Whether a column of this name means something to us."""
    return _plain(name) in KNOWN


def _pairs(table: Table, text: str) -> dict[str, str]:
    written: dict[str, str] = {}
    for pair in PAIR_START.split(text):
        field, equals, column = (part.strip() for part in pair.partition("="))
        field = field.lower()
        if not equals or field not in FIELDS or field in written:
            raise Refused(
                f"The mapping {text!r} cannot be read at {pair.strip()!r}. Write it as "
                f"'question=COLUMN,reply=COLUMN' with any of {', '.join(FIELDS)}, each once; "
                "nothing was imported."
            )
        if column:
            written[field] = _column(table, field, column)
    return written


def _column(table: Table, field: str, wanted: str) -> str:
    """The file's own spelling of a column."""
    if wanted in table.columns:
        return wanted
    alike = [column for column in table.columns if column.casefold() == wanted.casefold()]
    if len(alike) == 1:
        return alike[0]
    raise Refused(
        f"{table.name} has no column {wanted!r} for the {field}. Its columns: {listed(table.columns)}. "
        "Choose one of them; nothing was imported."
    )


def _named(field: str, columns: list[str]) -> str | None:
    by_name: dict[str, str] = {}
    for column in columns:
        by_name.setdefault(_plain(column), column)
    return next((by_name[word] for word in map(_plain, WORDS[field]) if word in by_name), None)


def _column_of_labels(table: Table, labels: Collection[str]) -> str | None:
    """The column most of whose values are labels of the project."""
    known = {label.strip().casefold() for label in labels}
    best, best_hits = None, 0
    for place, column in enumerate(table.columns if known else ()):
        values = [row.cells[place].strip().casefold() for row in table.rows[:500] if place < len(row.cells)]
        hits = sum(value in known for value in values)
        if 2 * hits > len([value for value in values if value]) and hits > best_hits:
            best, best_hits = column, hits
    return best


def _plain(name: str) -> str:
    return re.sub(r"[\s_\-.:#*]+", "", name).casefold()


KNOWN = frozenset(_plain(word) for words in WORDS.values() for word in words)
