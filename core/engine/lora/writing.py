"""Writing an answer: the model token by token, its text piece by piece, and how it ended."""

import secrets
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import torch
from transformers import GenerationConfig, StoppingCriteriaList

from core.engine.errors import ApiError
from core.engine.lora.shelf import AdapterShelf
from core.engine.lora.speech import Speech
from core.engine.lora.template import Chat, Unfit
from core.engine.lora.wishes import Wish

Say = Callable[[str], None]


@dataclass(frozen=True)
class Written:
    """How an answer ended, and the tokens that were read and written for it."""

    finish_reason: str
    prompt_tokens: int
    completion_tokens: int


@dataclass(frozen=True)
class Writer:
    """One base model that answers one request at a time.

    `ends` are the tokens that end an answer, `longest` is what the model reads at once, in tokens.
    """

    shelf: AdapterShelf
    chat: Chat
    ends: tuple[int, ...]
    longest: int | None

    def write(self, wish: Wish, say: Say, unwanted: threading.Event) -> Written:
        """Answer, handing each piece of text to `say`; given up at the next token once it is `unwanted`.

        Raises:
            ApiError: the conversation is too long or of a shape this model does not take, or there is no
                such adapter.
        """
        prompt = self._prompt(wish)
        room = wish.most_tokens if self.longest is None else min(wish.most_tokens, self.longest - len(prompt))
        hearing = _Hearing(Speech(self._decode, wish.stops), say)
        with self.shelf.model(wish.adapter) as model:
            ids = torch.tensor([prompt], device=model.device)
            torch.manual_seed(secrets.randbits(63) if wish.seed is None else wish.seed)
            model.generate(
                input_ids=ids,
                attention_mask=torch.ones_like(ids),
                generation_config=self._manner(wish, room),
                streamer=hearing,
                stopping_criteria=StoppingCriteriaList([_Ending(hearing.speech, unwanted)]),
            )
        say(hearing.speech.rest())
        ended = hearing.speech.stopped or hearing.last in self.ends
        return Written("stop" if ended else "length", len(prompt), hearing.count)

    def _prompt(self, wish: Wish) -> list[int]:
        try:
            prompt = self.chat.prompt(wish.turns)
        except Unfit as unfit:
            message = f"The model's chat template does not take these messages: {unfit}."
            raise ApiError(400, message, code="invalid_value", param="messages") from unfit
        if self.longest is not None and len(prompt) >= self.longest:
            message = f"The conversation has {len(prompt)} tokens; this model reads {self.longest} in all."
            raise ApiError(400, message, code="context_length_exceeded", param="messages")
        return prompt

    def _decode(self, ids: Any) -> str:
        return str(
            self.chat.tokenizer.decode(ids, skip_special_tokens=True, clean_up_tokenization_spaces=False)
        )

    def _manner(self, wish: Wish, room: int) -> Any:
        sampled = {} if wish.greedy else {"temperature": wish.temperature, "top_p": wish.top_p, "top_k": 0}
        return GenerationConfig(
            do_sample=not wish.greedy,
            max_new_tokens=room,
            eos_token_id=list(self.ends),
            pad_token_id=self.chat.tokenizer.pad_token_id,
            **sampled,
        )


def open_writer(model: Any, chat: Chat, shelf: AdapterShelf, longest: int | None) -> Writer:
    """A writer on this base. What its makers recommend for sampling is put aside: the request decides."""
    named = model.generation_config.eos_token_id
    ends = {chat.tokenizer.eos_token_id, *(named if isinstance(named, list) else [named])} - {None}
    model.generation_config = GenerationConfig()
    model.eval()
    return Writer(shelf, chat, tuple(sorted(ends)), longest)


@dataclass
class _Hearing:
    """Hears the tokens as the model makes them; the first it is handed is the prompt."""

    speech: Speech
    say: Say
    count: int = 0
    last: int = -1
    _began: bool = field(default=False)

    def put(self, ids: Any) -> None:
        if not self._began:
            self._began = True
            return
        for token in ids.flatten().tolist():
            self.count += 1
            self.last = token
            if not self.speech.stopped:
                self.say(self.speech.hear(token))

    def end(self) -> None:
        """The model has made its last token."""


@dataclass(frozen=True)
class _Ending:
    """Ends the writing where a stop text was met or nobody wants the answer any more."""

    speech: Speech
    unwanted: threading.Event

    def __call__(self, ids: Any, _scores: Any, **_: Any) -> Any:
        over = self.speech.stopped or self.unwanted.is_set()
        return torch.full((ids.shape[0],), over, dtype=torch.bool, device=ids.device)
