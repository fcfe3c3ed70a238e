"""Words: how the columns of exports are called, in many languages, by what they hold."""

import re

WORDS: dict[str, tuple[str, ...]] = {
    "question": (
        "instruction + input", "question", "customer question", "user question", "prompt", "query",
        "user query", "instruction",
        "consumer complaint narrative", "complaint text", "complaint", "narrative", "description",
        "customer message", "message", "user message", "inquiry", "enquiry", "request", "text", "input",
        "utterance", "body", "content", "ticket text", "turns",
        "frage", "kundenfrage", "anfrage", "nachricht", "beschwerde",
        "pregunta", "consulta", "mensaje", "domanda", "richiesta", "messaggio",
        "demande", "message client", "réclamation", "pergunta", "mensagem", "vraag", "bericht",
        "fråga", "spørgsmål", "spørsmål", "kysymys", "pytanie", "otázka", "soru", "вопрос", "запитання",
        "質問", "問題", "问题", "提问", "질문", "السؤال", "سؤال",
    ),
    "reply": (
        "chosen",
        "ideal reply", "ideal answer", "golden reply", "golden answer", "approved reply",
        "approved answer",
        "reply", "answer", "response", "completion", "output", "agent reply", "agent response",
        "agent answer", "solution", "expected", "expected answer", "reference", "label",
        "antwort", "antworttext", "respuesta", "risposta", "réponse", "reponse", "resposta", "antwoord",
        "svar", "vastaus", "odpowiedź", "odpověď", "cevap", "yanıt", "ответ", "відповідь",
        "回答", "答案", "回复", "回覆", "답변", "الإجابة", "إجابة", "جواب",
    ),
    "topic": (
        "topic", "category", "intent", "subject", "product", "tag", "tags", "issue", "theme",
        "thema", "kategorie", "produkt", "tema", "categoría", "categoria", "sujet", "catégorie",
        "thème",
        "onderwerp", "argomento", "assunto", "betreff", "тема", "カテゴリ", "类别", "主题", "主題",
    ),
    "ticket": (
        "ticket", "ticket id", "ticket number", "case", "case id", "case number", "conversation id",
        "convo id", "complaint id", "id", "ticketnummer", "vorgang", "fall", "número de ticket",
        "numéro de ticket",
    ),
    "customer": (
        "customer", "customer id", "customer email", "requester", "requester id", "user id", "client",
        "client id", "account id", "kunde", "kundennummer", "cliente", "klant", "requester email",
    ),
    "date": (
        "date", "asked at", "created at", "created", "created on", "date created", "creation date",
        "opened at", "opened", "date received", "received at", "received", "timestamp", "datetime",
        "time", "submitted at",
        "datum", "erstellt am", "erstellt", "eingegangen am", "fecha", "fecha de creación",
        "date de création", "créé le", "data de criação", "creato il", "aangemaakt op", "dato",
        "päivämäärä", "tarih",
        "дата", "создан", "日付", "作成日", "日期", "创建时间", "建立時間", "날짜", "تاريخ",
    ),
    "volume": (
        "volume", "count", "frequency", "occurrences", "times asked", "tickets",
        "number of tickets", "cases",
        "anzahl", "häufigkeit", "menge", "volumen", "cantidad", "frecuencia", "fréquence",
        "quantidade", "frequenza", "aantal", "antal", "件数", "数量", "數量", "次数", "횟수",
    ),
    "language": (
        "language", "lang", "locale", "language code", "sprache", "idioma", "lingua", "langue", "taal",
        "språk", "sprog", "język", "jazyk", "dil", "язык", "мова", "言語", "语言", "語言", "언어", "اللغة",
    ),
}  # fmt: skip
"""Column names by what they mean, the likeliest first; compared without case, spaces and joining signs."""

KEPT = (
    "status", "state", "priority", "channel", "via channel", "via.channel", "type", "group", "brand",
    "country", "region", "tags", "labels", "sub product", "issue", "sub issue", "category",
    "product", "intent",
    "subject", "satisfaction rating", "satisfaction_rating.score", "csat", "services", "app",
    "segment", "plan", "team",
    "priorität", "kanal", "land", "estado", "prioridad", "canal", "país", "priorité", "statut", "pays",
)  # fmt: skip
"""Names of columns worth keeping beside an item, where they are nothing else."""


def plain(name: str) -> str:
    """A name as it is compared."""
    return re.sub(r"[\s_\-.:#*?]+", "", name).casefold()


KNOWN = frozenset(plain(word) for words in WORDS.values() for word in words)
WORTH_KEEPING = frozenset(map(plain, KEPT))


def is_known(name: str) -> bool:
    """Whether a column of this name means something to us."""
    return plain(name) in KNOWN
