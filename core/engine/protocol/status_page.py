"""`/`: one plain page for a person who wants to know how the engine is.

It needs no key, so it holds numbers and states alone: no name a person chose, no text, no id. It runs no
script and asks nobody else for anything.
"""

from datetime import timedelta
from html import escape
from pathlib import Path
from string import Template

from fastapi import APIRouter
from fastapi.responses import HTMLResponse

from core.engine.batches.records import BatchRecord
from core.engine.engine import Engine
from core.engine.status import JobLine, Status

REFRESH_SECONDS = 10
_HEADERS = {
    "cache-control": "no-store",
    "content-security-policy": (
        "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; "
        "frame-ancestors 'none'"
    ),
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
}
_MIB, _GIB = 2**20, 2**30
_MOST_LINES = 20
_DOCUMENT = Template(Path(__file__).with_name("status_page.html").read_text(encoding="utf-8"))


def status_page(engine: Engine) -> APIRouter:
    """Show that it answers, what runs and what waits."""
    router = APIRouter()

    @router.get("/health")
    def health() -> dict[str, str]:
        return {"status": "ok"}

    @router.get("/")
    def show() -> HTMLResponse:
        return HTMLResponse(_page(engine.status(), engine.batches.unended()), headers=_HEADERS)

    return router


def _page(status: Status, batches: list[BatchRecord]) -> str:
    numbers = {
        "jobs running": f"{len(status.running):,}",
        "jobs queued": f"{len(status.waiting):,}",
        "batches at work": f"{len(batches):,}",
        "files": f"{status.files:,}",
        "tuned models": f"{status.models:,}",
        "on disk": _size(status.bytes),
        "disk free": _size(status.free_bytes),
    }
    tiles = "".join(
        f"<div><dt>{escape(name)}</dt><dd>{escape(value)}</dd></div>" for name, value in numbers.items()
    )
    lines = [*map(_job, (*status.running, *status.waiting)), *map(_batch, batches)]
    if len(lines) > _MOST_LINES:
        lines = [*lines[:_MOST_LINES], f"And {len(lines) - _MOST_LINES:,} more."]
    work = "".join(f"<li>{line}</li>" for line in lines) or "<li>Nothing runs and nothing waits.</li>"
    up = timedelta(seconds=int(status.uptime_seconds))
    return _DOCUMENT.substitute(
        refresh=REFRESH_SECONDS, tiles=tiles, work=work, version=escape(status.version), up=escape(str(up))
    )


def _job(job: JobLine) -> str:
    what = f"Fine-tuning job, {escape(job.status.replace('_', ' '))}"
    if job.step is None or not job.total_steps:
        return what
    return f"{what}: step {job.step:,} of {job.total_steps:,} {_bar(job.step, job.total_steps)}"


def _batch(batch: BatchRecord) -> str:
    what = f"Batch, {escape(batch.status.replace('_', ' '))}"
    if not batch.total:
        return what
    done = batch.tally.completed + batch.tally.failed
    return f"{what}: {done:,} of {batch.total:,} requests {_bar(done, batch.total)}"


def _size(number: int) -> str:
    return f"{number / _MIB:,.0f} MiB" if number < _GIB else f"{number / _GIB:,.1f} GiB"


def _bar(done: int, total: int) -> str:
    return f'<progress value="{done}" max="{total}"></progress>'
