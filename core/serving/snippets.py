"""Snippets: the chosen model asked by curl and in Python, ready to run; keys are named by where they lie."""

import json
import shlex
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

QUESTION = "Can I bring a pram on board?"


@dataclass(frozen=True)
class Way:
    """One model at one address; the key lies in `key_file`, or else in the variable.

    `picks_replies`: it may say in the field `touchstone` that it was not taught a question.
    """

    base_url: str
    key_variable: str
    key_file: Path | None
    model: str
    instructions: str
    temperature: float | None
    picks_replies: bool

    def body(self, question: str) -> dict[str, Any]:
        """The request that the study's answers were made by."""
        said = [{"role": "system", "content": self.instructions}] if self.instructions else []
        said.append({"role": "user", "content": question})
        request: dict[str, Any] = {"model": self.model, "messages": said}
        return request if self.temperature is None else request | {"temperature": self.temperature}


def curl(way: Way, question: str = QUESTION) -> str:
    """A command for a shell."""
    key = f"$(cat {shlex.quote(str(way.key_file))})" if way.key_file else f"${way.key_variable}"
    body = json.dumps(way.body(question), ensure_ascii=False, indent=2)
    return (
        f"curl {shlex.quote(f'{way.base_url}/chat/completions')} \\\n"
        f'  -H "Authorization: Bearer {key}" \\\n'
        "  -H 'Content-Type: application/json' \\\n"
        f"  -d {shlex.quote(body)}"
    )


def python(ways: Sequence[Way], question: str = QUESTION) -> str:
    """A program: the first model answers; where it cannot, the next; where none can, a person."""
    imports = ["import os"] if any(way.key_file is None for way in ways) else []
    imports += ["from pathlib import Path"] if any(way.key_file for way in ways) else []
    listed = "".join(f"    (\n{_client(way)}{_settings(way)}    ),\n" for way in ways)
    return (
        "\n".join(imports)
        + "\n\nfrom openai import OpenAI, OpenAIError\n\n"
        + f"WAYS = [  # the chosen model, then what stands in for it\n{listed}]\n\n\n"
        + PROGRAM.format(question=question.__repr__())
    )


PROGRAM = '''def answer(question):
    """The reply, or None: then a person must answer."""
    for client, instructions, settings in WAYS:
        messages = [{{"role": "system", "content": instructions}}] if instructions else []
        messages.append({{"role": "user", "content": question}})
        try:
            said = client.chat.completions.create(messages=messages, **settings)
        except OpenAIError:
            continue  # it cannot be reached, or refuses
        why = (said.model_extra or {{}}).get("touchstone") or {{}}
        if not why.get("abstained"):  # a reply picker says so where it was not taught the question
            return said.choices[0].message.content
    return None


print(answer({question}))
'''


def _client(way: Way) -> str:
    key = f"os.environ[{way.key_variable!r}]"
    if way.key_file:
        key = f"Path({str(way.key_file)!r}).read_text().strip()"
    return (
        f"        OpenAI(\n            base_url={way.base_url!r},\n            api_key={key},\n        ),\n"
    )


def _settings(way: Way) -> str:
    settings: dict[str, Any] = {"model": way.model}
    if way.temperature is not None:
        settings["temperature"] = way.temperature
    return f"        {way.instructions!r},\n        {settings!r},\n"
