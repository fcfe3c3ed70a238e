"""A provider's service: the few calls this program makes, answered with checked records or a sentence."""

from collections.abc import Callable, Collection, Iterator, Sequence
from typing import Any

import openai
from openai import Omit, OpenAI, omit
from openai.pagination import SyncCursorPage
from openai.types.chat import ChatCompletion, ChatCompletionMessageParam

from core.providers.failures import Failure
from core.providers.profiles import MethodStyle, Provider, takes_temperature
from core.providers.protocol import JobOrder, RemoteEvent, RemoteJob, Said
from core.providers.reading import read_chat, read_event, read_job
from core.providers.sentences import Call, Doing

MARK = "touchstone_run"
"""Under this name a job's metadata carry the token of its run."""

PAGE = 100
MOST_PAGES = 50
UPLOAD_SECONDS = 600.0

BYTE_ORDER_MARK = b"\xef\xbb\xbf"


class Service:
    """One provider, ready to be asked. Every method raises `Failure` when the provider does."""

    def __init__(self, provider: Provider, client: OpenAI) -> None:
        self.provider = provider
        self._client = client
        self._once = client.with_options(max_retries=0)

    def upload(self, name: str, data: bytes) -> str:
        """Upload a training file and return its id; sent once, never again by itself."""
        content = BYTE_ORDER_MARK + data if self.provider.bom else data
        with self._call(Doing.UPLOADING):
            file = self._once.files.create(file=(name, content), purpose="fine-tune", timeout=UPLOAD_SECONDS)
            return _id(file)

    def find_file(self, name: str) -> str | None:
        """The id of the file of this name, if it got there."""
        files = self._client.files
        for found in self._all(Doing.UPLOADING, lambda after: files.list(limit=PAGE, after=after)):
            if found.filename == name:
                return str(found.id)
        return None

    def delete_file(self, file_id: str) -> None:
        """Remove an uploaded file."""
        with self._call(Doing.LOOKING):
            self._client.files.delete(file_id)

    def delete_model(self, model: str) -> None:
        """Remove a tuned model."""
        with self._call(Doing.LOOKING):
            self._client.models.delete(model)

    def create_job(self, order: JobOrder) -> RemoteJob:
        """Make a job; the request is sent once and never again by itself, because it may cost money."""
        with self._call(Doing.CREATING):
            return read_job(self._once.fine_tuning.jobs.create(**self._request(order)))

    def find_job(self, token: str, training_file: str | None) -> RemoteJob | None:
        """The job that carries this token, or that learns from this file; None if there is none.

        Servers may forget the metadata, or ignore the filter: so both are compared here.
        """
        jobs = self._client.fine_tuning.jobs

        def marked(after: str | Omit) -> SyncCursorPage[Any]:
            return jobs.list(limit=PAGE, after=after, metadata={MARK: token})

        def newest(after: str | Omit) -> SyncCursorPage[Any]:
            return jobs.list(limit=PAGE, after=after)

        for ask in (marked, newest):
            for found in self._all(Doing.CREATING, ask):
                with self._call(Doing.CREATING):
                    learns = training_file is not None and found.training_file == training_file
                    if learns or (found.metadata or {}).get(MARK) == token:
                        return read_job(found)
        return None

    def job(self, job_id: str) -> RemoteJob:
        """The job as it is now."""
        with self._call(Doing.FOLLOWING):
            return read_job(self._client.fine_tuning.jobs.retrieve(job_id))

    def cancel_job(self, job_id: str) -> None:
        """Ask the provider to stop a job."""
        with self._call(Doing.CANCELLING):
            self._client.fine_tuning.jobs.cancel(job_id)

    def new_events(self, job_id: str, seen: Collection[str]) -> list[RemoteEvent]:
        """The events that are not among `seen`, oldest first."""
        jobs = self._client.fine_tuning.jobs
        found: dict[str, RemoteEvent] = {}
        newest_first = True
        for page in self._pages(
            Doing.FOLLOWING, lambda after: jobs.list_events(job_id, limit=PAGE, after=after)
        ):
            with self._call(Doing.FOLLOWING):
                events = [read_event(entry) for entry in page]
            newest_first = newest_first and events[0].happened_at >= events[-1].happened_at
            found |= {event.id: event for event in events if event.id not in seen}
            if newest_first and any(event.id in seen for event in events):
                break
        ordered = list(found.values())
        return ordered[::-1] if newest_first else ordered

    def untuned_model(self, job_id: str) -> str | None:
        """The name of the job's step 0: the base with all that the tuned model can say; None without one."""
        checkpoints = self._client.fine_tuning.jobs.checkpoints
        try:
            for found in self._all(
                Doing.FOLLOWING, lambda after: checkpoints.list(job_id, limit=PAGE, after=after)
            ):
                if found.step_number == 0 and isinstance(found.fine_tuned_model_checkpoint, str):
                    return found.fine_tuned_model_checkpoint
        except Failure as failure:
            if failure.again:
                raise
        return None

    def models(self) -> tuple[str, ...]:
        """The names of the models the provider lists."""
        with self._call(Doing.LOOKING):
            return tuple(_id(model) for model in self._client.models.list().data)

    def chat(
        self, model: str, messages: Sequence[ChatCompletionMessageParam], temperature: float | None
    ) -> Said:
        """Ask a model; a temperature that it will not take is left out."""
        wanted = temperature if temperature is not None and takes_temperature(model) else omit
        with self._call(Doing.ASKING):
            try:
                return read_chat(self._completion(model, messages, wanted))
            except openai.BadRequestError as error:
                if error.param != "temperature" or isinstance(wanted, Omit):
                    raise
                return read_chat(self._completion(model, messages, omit))

    def _completion(
        self, model: str, messages: Sequence[ChatCompletionMessageParam], temperature: float | Omit
    ) -> ChatCompletion:
        return self._client.chat.completions.create(model=model, messages=messages, temperature=temperature)

    def _call(self, doing: Doing) -> Call:
        return Call(self.provider, doing, self._client.api_key)

    def _request(self, order: JobOrder) -> dict[str, Any]:
        chosen = {} if order.n_epochs is None else {"hyperparameters": {"n_epochs": order.n_epochs}}
        request: dict[str, Any] = {
            "model": order.model,
            "training_file": order.training_file,
            "seed": order.seed,
            "suffix": order.suffix,
            "metadata": {MARK: order.token},
        }
        if order.validation_file is not None:
            request["validation_file"] = order.validation_file
        if self.provider.method_style is MethodStyle.METHOD:
            return request | {"method": {"type": "supervised", "supervised": chosen}}
        return request | chosen

    def _all(self, doing: Doing, ask: Callable[[str | Omit], SyncCursorPage[Any]]) -> Iterator[Any]:
        for page in self._pages(doing, ask):
            yield from page

    def _pages(self, doing: Doing, ask: Callable[[str | Omit], SyncCursorPage[Any]]) -> Iterator[list[Any]]:
        """Page after page, also where a server forgets `has_more` or ignores `after`."""
        known: set[str] = set()
        after: str | Omit = omit
        for _ in range(MOST_PAGES):
            with self._call(doing):
                page = ask(after)
                entries = list(page.data)
                has_more = page.has_more if page.has_more is not None else len(entries) >= PAGE
            names = {_name(entry) for entry in entries}
            if names <= known:
                return
            known |= names
            yield entries
            last = getattr(entries[-1], "id", None)
            if not has_more or not isinstance(last, str):
                return
            after = last


def _name(entry: Any) -> str:
    found = getattr(entry, "id", None)
    return found if isinstance(found, str) else repr(entry)


def _id(found: Any) -> str:
    if not isinstance(found.id, str) or not found.id:
        raise ValueError("This has no id.")
    return str(found.id)
