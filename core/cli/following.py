"""Following background work on a terminal: each step it takes is a line on stderr."""

import sys
import time

from core.jobs.jobs import Job, Jobs

LOOK_SECONDS = 0.1


def followed(jobs: Jobs, job: Job) -> Job:
    """The job once it has ended."""
    told = ""
    while job.unfinished:
        if job.progress is not None:
            of = f" {job.progress.done} of {job.progress.total}" if job.progress.total else ""
            line = f"{job.progress.message}{of}\n"
            if line != told:
                sys.stderr.write(line)
                sys.stderr.flush()
                told = line
        time.sleep(LOOK_SECONDS)
        job = jobs.get(job.id)
    return job
