"""What was said: the messages of a conversation in whatever form an export has, as customer and agent."""

from typing import Any, NamedTuple

from core.curation.intake.table import Aside, Tally, shortened

CUSTOMER, AGENT = "user", "assistant"

SPEAKERS = {
    CUSTOMER: (
        "user", "human", "customer", "client", "visitor", "guest", "lead", "contact", "end-user",
        "end_user",
        "enduser", "prompter", "passenger", "caller", "consumer", "buyer", "shopper", "patient",
        "requester",
        "kunde", "kundin", "gast", "cliente", "usuario", "usuário", "utente", "klant", "klient", "kund",
        "клиент", "お客様", "客户", "客戶", "顾客", "顧客", "고객",
    ),
    AGENT: (
        "assistant", "gpt", "bot", "agent", "admin", "operator", "support", "rep", "representative",
        "model",
        "chatgpt", "bard", "bing", "claude", "ai", "advisor", "adviser", "staff", "team", "employee",
        "service", "teammate", "support agent", "customer service", "mitarbeiter", "mitarbeiterin",
        "berater", "beraterin", "agente", "asesor", "atendente", "conseiller", "conseillère",
        "operatore", "medewerker", "konsultant",
        "handläggare", "оператор", "агент", "担当者", "客服", "상담원",
    ),
}  # fmt: skip
"""How exports call the two who speak, in lower case."""

SILENT = {
    Aside.SYSTEM: ("system", "developer", "context", "instruction"),
    Aside.TOOL: (
        "tool", "function", "function_call", "function_response", "function-call", "observation",
        "tool_call",
        "tool_response", "ipython", "environment", "action",
    ),
    Aside.NOTE: ("note", "internal", "internal_note", "private"),
}  # fmt: skip
"""Who speaks to neither of them."""

WHO = {name: speaker for speaker, names in SPEAKERS.items() for name in names}
BESIDE = {name: aside for aside, names in SILENT.items() for name in names}

ROLE_KEYS = ("role", "from", "speaker", "author", "sender", "author_type", "sender_type", "participant")
TEXT_KEYS = ("content", "value", "text", "body", "message", "utterance", "plain_body", "plain_text")
TOOL_KEYS = ("tool_calls", "function_call", "tool_call_id")

KINDS = {
    type(None): "null", bool: "true or false", str: "a text", list: "a list", dict: "an object",
    int: "a number", float: "a number",
}  # fmt: skip


class Said(NamedTuple):
    """One message; `learned` is false where a training file says that it is not to be."""

    speaker: str
    text: str
    learned: bool = True


class Unusable(Exception):
    """Something of a row that cannot be taken: the field at fault and why."""

    def __init__(self, field: str, reason: str) -> None:
        super().__init__(reason)
        self.field = field
        self.reason = reason


def said_in(turns: Any, field: str, tally: Tally) -> list[Said]:
    """The messages of a conversation, in order, without system messages, tool calls and notes.

    Args:
        turns: a list of objects with a speaker and a text, or of pairs of these.
        field: the name of the list, for the reasons.
        tally: counts what is left out.

    Raises:
        Unusable: it is no such list, or one of its messages cannot be read.
    """
    if not isinstance(turns, list):
        raise Unusable(field, f"{field} must be a list of messages, and is {KINDS[type(turns)]}.")
    if not turns:
        raise Unusable(field, f"{field} is empty.")
    found: list[Said] = []
    for number, turn in enumerate(turns):
        plain = _plainly_said(turn)
        if plain is not None:
            found.append(plain)
            continue
        one = _said(turn, f"{field}[{number}]", tally)
        if one is None:
            continue
        if one.text.strip():
            found.append(one)
        elif one.speaker == AGENT and number + 1 == len(turns):
            raise Unusable(f"{field}[{number}]", "The agent's last message has no text.")
        else:
            tally.add(Aside.EMPTY_MESSAGE)
    return found


def is_turn(value: Any) -> bool:
    """Whether something reads like one message of a conversation."""
    if isinstance(value, dict):
        return any(key in value for key in ROLE_KEYS) and any(key in value for key in TEXT_KEYS)
    return (
        isinstance(value, list)
        and len(value) == 2  # noqa: PLR2004 - a pair of speaker and text
        and all(isinstance(one, str) for one in value)
        and (value[0].strip().casefold() in WHO or value[0].strip().casefold() in BESIDE)
    )


def _plainly_said(turn: Any) -> Said | None:
    """The usual message, of which files hold millions: a known speaker, a text, and nothing else."""
    if turn.__class__ is not dict or len(turn) != 2:  # noqa: PLR2004 - speaker and text
        return None
    name = turn.get("role") or turn.get("from")
    text = turn.get("content") or turn.get("value")
    speaker = WHO.get(name) if name.__class__ is str else None
    return Said(speaker, text) if speaker and text.__class__ is str and not text.isspace() else None


def _said(turn: Any, place: str, tally: Tally) -> Said | None:
    if isinstance(turn, list) and len(turn) == 2:  # noqa: PLR2004 - a pair of speaker and text
        turn = {"role": turn[0], "content": turn[1]}
    if not isinstance(turn, dict):
        raise Unusable(place, f"A message must be a JSON object, and this is {KINDS[type(turn)]}.")
    speaker = _speaker(turn, place, tally)
    if speaker is None:
        return None
    key = next((key for key in TEXT_KEYS if key in turn), None)
    text = turn[key] if key is not None else None
    if not text and any(turn.get(tool) for tool in TOOL_KEYS):
        tally.add(Aside.TOOL)
        return None
    if key is None:
        raise Unusable(f"{place}.content", "The key content is missing.")
    if not isinstance(text, str):
        text = _parts(text, f"{place}.{key}")
    return Said(speaker, text, _learned(turn, place))


def _speaker(turn: dict[str, Any], place: str, tally: Tally) -> str | None:
    """Who speaks; None for what is said to neither customer nor agent."""
    key = next((key for key in ROLE_KEYS if key in turn), None)
    if key is None:
        raise Unusable(f"{place}.role", "The key role is missing.")
    named = turn[key]
    if isinstance(named, dict):
        named = named.get("role") or named.get("type")
    name = named if isinstance(named, str) else ""
    speaker = WHO.get(name) or WHO.get(name.strip().casefold())
    if speaker is not None:
        return speaker
    aside = BESIDE.get(name.strip().casefold())
    if aside is None:
        raise Unusable(
            f"{place}.{key}",
            f"Who speaks is unknown: {shortened(str(named), 60)!r} is neither a customer (user, human, "
            "customer, client) nor an agent (assistant, gpt, agent, admin).",
        )
    tally.add(aside)
    return None


def _parts(content: Any, place: str) -> str:
    """A text that was cut into parts."""
    if not isinstance(content, list):
        raise Unusable(place, f"content must be a text, and is {KINDS[type(content)]}.")
    texts = []
    for number, part in enumerate(content):
        text = part.get("text") if isinstance(part, dict) and part.get("type", "text") == "text" else part
        if not isinstance(text, str):
            raise Unusable(f"{place}[{number}]", "This part of the message is no text (a picture or a file).")
        texts.append(text)
    return "\n".join(texts)


def _learned(turn: dict[str, Any], place: str) -> bool:
    weight = turn.get("weight", 1)
    if weight is not None and (weight.__class__ is not int or weight not in {0, 1}):
        raise Unusable(f"{place}.weight", "weight must be 0 or 1.")
    return weight != 0
