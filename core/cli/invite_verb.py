"""Invite somebody into a project with a role; where people sign in, the first owner comes in this way."""

import argparse

from core.cli.acting import acting_person, add_acting, opened, project_named
from core.cli.output import emit
from core.people.membership import add_member
from core.people.roles import Role


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The options of this verb."""
    parser.add_argument("--project", required=True, metavar="P", help="the project's name")
    parser.add_argument("--person", required=True, metavar="EMAIL", help="the address they sign in with")
    parser.add_argument("--name", default="", metavar="NAME", help="needed for somebody new")
    parser.add_argument("--role", required=True, choices=[role.value for role in Role])
    add_acting(parser)


def run(options: argparse.Namespace) -> None:
    """Invite."""
    with opened(options) as workspace:
        by = acting_person(workspace.store, options.email)
        project = project_named(workspace.store, options.project)
        role = Role(options.role)
        person = add_member(workspace.store, project.id, options.person, options.name, role, by)
    text = f"{person.name} ({person.email}) has the role {role} in {project.name}."
    emit({"email": person.email, "project": project.name, "role": role.value}, text, as_json=options.json)
