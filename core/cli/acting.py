"""Who acts on the command line, and on which workspace."""

import argparse
import os
import tomllib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from core.application import open_workspace
from core.curation.projects import Project, find_project
from core.errors import Refused
from core.people.persons import IMPORT_EMAIL, Person, add_person, find_person
from core.settings import LOCAL_EMAIL, LOCAL_NAME, home_folder
from core.store.store import Store, is_workspace
from core.workspace import Workspace

SECRETS = Path(".streamlit/secrets.toml")
"""Where the app looks for keys, too: in the folder from which it is started."""


def add_home(parser: argparse.ArgumentParser) -> None:
    """The option every verb that opens a workspace has."""
    parser.add_argument(
        "--home", metavar="DIR", help="the workspace (default $TOUCHSTONE_HOME, else ./workspace)"
    )


def add_acting(parser: argparse.ArgumentParser) -> None:
    """The options of a verb that acts in somebody's name."""
    add_home(parser)
    parser.add_argument("--as", dest="email", metavar="EMAIL", default=LOCAL_EMAIL, help="who acts")


@contextmanager
def opened(options: argparse.Namespace, *, new: bool = False) -> Iterator[Workspace]:
    """The workspace of `--home`, closed again at the end; only with `new` may it be made here.

    Raises:
        Refused: there is none, or another process holds it.
    """
    home = home_folder(options.home)
    if not new and not is_workspace(home):
        raise Refused(f"There is no workspace in {home}. Name it with --home DIR. Nothing was made.")
    workspace = open_workspace(home, _secrets())
    try:
        yield workspace
    finally:
        workspace.close()


def acting_person(store: Store, email: str) -> Person:
    """The person of `--as`; the local person is always there.

    Raises:
        Refused: nobody here has this address.
    """
    if email == LOCAL_EMAIL:
        return local_person(store)
    person = find_person(store, email)
    if person is None or person.email == IMPORT_EMAIL:
        raise Refused(
            f"Nobody in this workspace has the address {email!r}. An owner can add people on the People "
            "page; nothing was changed."
        )
    return person


def local_person(store: Store) -> Person:
    """Whoever sits at this machine, before anybody signed in."""
    return find_person(store, LOCAL_EMAIL) or add_person(store, LOCAL_EMAIL, LOCAL_NAME)


def project_named(store: Store, name: str) -> Project:
    """The project of `--project`.

    Raises:
        Refused: there is none of this name.
    """
    project = find_project(store, name)
    if project is None:
        names = ", ".join(repr(row[0]) for row in store.rows("select name from projects order by name"))
        raise Refused(f"There is no project {name!r}. The projects are: {names or 'none yet'}.")
    return project


def _secrets() -> Mapping[str, str]:
    """The secrets file over the environment, plain texts only, as the app reads them."""
    try:
        said = tomllib.loads(SECRETS.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return os.environ
    except OSError as error:
        raise Refused(f"{SECRETS} cannot be read: {error.strerror}. Nothing was done.") from error
    except ValueError as error:
        raise Refused(f"{SECRETS} is not written as TOML wants it: {error}. Nothing was done.") from error
    return {**os.environ, **{name: value for name, value in said.items() if isinstance(value, str)}}
