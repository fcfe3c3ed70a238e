"""Sentences: what went wrong with a provider, for the person who has to go on."""

import json
from dataclasses import dataclass
from enum import Enum

import httpx2
import openai

from core.providers.failures import Failure
from core.providers.profiles import Provider

LONGEST_QUOTE = 240
TRAINING_CLOSED = "training_not_available"
QUOTA_USED_UP = "insufficient_quota"


class Doing(Enum):
    """What was asked of the provider; the value says what is safe when it fails."""

    UPLOADING = "Nothing was charged, and your dataset is unchanged."
    CREATING = "Your dataset is unchanged."
    FOLLOWING = "What is known of the run is kept; the job itself may go on at the provider."
    CANCELLING = "The job may still be going on at the provider."
    ASKING = "No answer was saved for this question."
    LOOKING = "Nothing was changed."


@dataclass(frozen=True)
class Call:
    """One request to a provider: to whom, what for, and the key that no sentence may repeat."""

    provider: Provider
    doing: Doing
    key: str

    def __enter__(self) -> None:
        """Begin the request."""

    def __exit__(self, _kind: object, error: BaseException | None, _traceback: object) -> None:
        """Whatever went wrong leaves as a sentence.

        Raises:
            Failure: the provider refused, could not be reached or did not speak the protocol.
        """
        if isinstance(error, openai.APIStatusError):
            raise self._status(error) from error
        if isinstance(error, openai.APITimeoutError):
            raise self._slow() from error
        if isinstance(error, openai.APIConnectionError):
            raise self._unreachable(error.__cause__) from error
        if isinstance(error, openai.OpenAIError | httpx2.HTTPError | httpx2.InvalidURL):
            raise self._unreachable(error) from error
        if isinstance(error, AttributeError | TypeError | ValueError | KeyError):
            raise self.garbled() from error

    def garbled(self) -> Failure:
        """The answer was no answer in the protocol, like a web page with status 200."""
        return self._failure(
            f"{self.provider.title} answered with something that is not OpenAI's protocol.",
            f"Check its address ({self.provider.base_url}); it usually ends with /v1.",
            again=True,
            unclear=True,
        )

    def missing(self) -> Failure:
        """Something that must be set is not."""
        names = " and ".join(self.provider.missing)
        return self._failure(
            f"{self.provider.title} cannot be used yet: {names} is not set.",
            f"Set {names} in the environment or in .streamlit/secrets.toml and start Touchstone again, "
            "or choose the local engine.",
            always=True,
        )

    def _status(self, error: openai.APIStatusError) -> Failure:
        title, status = self.provider.title, error.status_code
        said = self._quoted(error)
        if status == httpx2.codes.UNAUTHORIZED:
            where = f" in {self.provider.key_variable}" if self.provider.key_variable else ""
            return self._failure(
                f"{title} did not accept the key{where}.",
                "Check that the key is whole, still valid and meant for this address, then try again.",
                always=True,
            )
        if error.code == TRAINING_CLOSED:
            return self._failure(
                "The provider refused the job: your organisation can no longer create fine-tuning jobs "
                "(OpenAI closes the service).",
                "Choose another provider, or the local engine.",
                always=True,
            )
        if error.code == QUOTA_USED_UP:
            return self._failure(
                f"{title} says that the account's credit is used up{said}.",
                "Add credit at the provider and try again, or choose the local engine.",
                always=True,
            )
        if status == httpx2.codes.FORBIDDEN:
            advice = "Ask whoever manages the account for access, or choose another provider or model."
            return self._failure(f"{title} does not allow this key to do that{said}.", advice, always=True)
        if status == httpx2.codes.NOT_FOUND:
            return self._not_found(said)
        return self._other(status, said)

    def _not_found(self, said: str) -> Failure:
        if self.doing is Doing.ASKING:
            what = f"{self.provider.title} does not know this model{said}."
            advice = "Check its name; a model just tuned may need some minutes, or must be deployed first."
        else:
            what = f"{self.provider.title} does not have what was asked for{said}."
            advice = (
                f"Check the address ({self.provider.base_url}); a server without fine-tuning can be asked, "
                "not tuned."
            )
        return self._failure(what, advice, always=True)

    def _other(self, status: int, said: str) -> Failure:
        title = self.provider.title
        if status == httpx2.codes.REQUEST_TIMEOUT:
            return self._slow()
        if status == httpx2.codes.CONFLICT:
            what = f"{title} was busy with the same thing at that moment{said}."
            return self._failure(what, "Try again in a moment.", again=True)
        if status == httpx2.codes.TOO_MANY_REQUESTS:
            what = f"{title} asks to slow down: too many requests{said}."
            return self._failure(what, "Try again in a minute.", again=True)
        if status >= httpx2.codes.INTERNAL_SERVER_ERROR:
            what = f"{title} had an error of its own (status {status}){said}."
            return self._failure(what, "Try again in a few minutes.", again=True, unclear=True)
        if status < httpx2.codes.BAD_REQUEST:
            what = f"{title} sent the request elsewhere (status {status}), which is not followed."
            return self._failure(what, f"Check its address ({self.provider.base_url}).", always=True)
        return self._failure(
            f"{title} refused the request (status {status}){said}.",
            "Change what it names, or choose another model or provider.",
        )

    def _slow(self) -> Failure:
        what = f"{self.provider.title} did not answer in time."
        return self._failure(what, "Try again in a few minutes.", again=True, unclear=True)

    def _unreachable(self, cause: BaseException | None) -> Failure:
        if isinstance(cause, httpx2.InvalidURL | httpx2.UnsupportedProtocol):
            return self._failure(
                f"The address of {self.provider.title} ({self.provider.base_url}) is not one.",
                "It should look like https://example.com/v1.",
                always=True,
            )
        return self._failure(
            f"{self.provider.title} cannot be reached at {self.provider.base_url}.",
            "Check the network, and whether the server runs, then try again.",
            again=True,
            unclear=not isinstance(cause, httpx2.ConnectError | httpx2.ConnectTimeout),
        )

    def _failure(
        self, what: str, advice: str, *, again: bool = False, unclear: bool = False, always: bool = False
    ) -> Failure:
        return Failure(what, self.doing.value, advice, again=again, unclear=unclear, always=always)

    def _quoted(self, error: openai.APIStatusError) -> str:
        """What the provider said itself, on one line, without the key and without web pages."""
        body = error.body
        said = body.get("message") or body.get("detail") if isinstance(body, dict) else None
        if not said or "<html" in str(said).lower():
            return ""
        text = said if isinstance(said, str) else json.dumps(said, ensure_ascii=False)
        if self.key:
            text = text.replace(self.key, "(key)")
        text = " ".join(text.split()).rstrip(".")
        return f': "{text[:LONGEST_QUOTE]}{"…" if len(text) > LONGEST_QUOTE else ""}"'
