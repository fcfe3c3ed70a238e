"""A process that saves people one by one and says each number once it is saved: `HOME FIRST`."""

import sys
from pathlib import Path

from core.store.store import Store
from tests.core.store.homes import add_people, load_history

if __name__ == "__main__":
    store = Store(Path(sys.argv[1]))
    number = int(sys.argv[2])
    while True:
        add_people(store, number)
        if number % 7 == 0:
            load_history(store, 10 * number, 10)
        sys.stdout.write(f"{number}\n")
        sys.stdout.flush()
        number += 1
