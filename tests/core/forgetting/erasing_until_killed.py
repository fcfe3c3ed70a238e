"""A process that forgets the customer and kills itself at the n-th time it touches a file: `HOME N`.

With N = 0 it goes on to the end and says how often it touched one.
"""

import os
import signal
import sys
from pathlib import Path

from core.forgetting.erasing import erase
from core.forgetting.plan import Request
from core.people.persons import find_person
from core.store.store import Store
from tests.core.forgetting.counter import CUSTOMER, NAME

TOUCHING = frozenset({"open", "os.rename", "os.remove", "os.truncate"})

if __name__ == "__main__":
    home, last = Path(sys.argv[1]), int(sys.argv[2])
    store = Store(home)
    olga = find_person(store, "olga@example.com")
    assert olga is not None
    other = store.value("select id from items where question like 'My neighbour%'")
    touched = 0

    def touch(event: str, seen: tuple[object, ...]) -> None:
        global touched  # noqa: PLW0603 - a hook of the interpreter has no other memory
        if event in TOUCHING and str(home) in str(seen[0]):
            touched += 1
            if touched == last:
                os.kill(os.getpid(), signal.SIGKILL)

    sys.addaudithook(touch)
    erase(store, Request(CUSTOMER, (NAME, "Quuxly"), frozenset({other}), mentions=True), "They asked.", olga)
    sys.stdout.write(str(touched))
