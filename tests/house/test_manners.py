"""Manners of the house: where SQL stands, where pages lie, what a module may look like."""

import ast
import re

import pytest

from tests.house.modules import ROOT, Module, files, modules

LONGEST = 400
LONGEST_PAGE = 220
REGISTRIES = tuple(
    ".".join(parts)
    for parts in (
        ("pypi", "org"),
        ("pythonhosted", "org"),
        ("npmjs", "org"),
        ("npmjs", "com"),
        ("yarnpkg", "com"),
        ("anaconda", "org"),
        ("crates", "io"),
        ("rubygems", "org"),
        ("proxy", "golang", "org"),
    )
)
WRITING_SQL = re.compile(r"\s*(insert into|update \w+ set|delete from|create table|alter table|drop table)\b")
READING_SQL = re.compile(r"\s*select\b.+\bfrom\b", re.DOTALL)
EXCUSE = re.compile(r"# (noqa|type: ignore)")
REASON = re.compile(r"# (noqa|type: ignore)\S*( [A-Z]+\d+,?)*( - |  # )\S")


def texts(module: Module) -> list[str]:
    """Every text in the code of a module; its docstrings are not code."""
    documented = {
        id(node.body[0].value)
        for node in ast.walk(module.tree)
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef)
        and node.body
        and isinstance(node.body[0], ast.Expr)
    }
    return [
        node.value
        for node in ast.walk(module.tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in documented
    ]


def test_no_page_and_no_widget_speaks_sql() -> None:
    wrong = {
        f"{module.place}: {text[:60]}"
        for module in modules("pages", "ui", "app.py")
        for text in texts(module)
        if READING_SQL.match(text) or WRITING_SQL.match(text)
    }

    assert wrong == set()


def test_stages_write_through_the_transaction_and_never_by_sql() -> None:
    wrong = {
        f"{module.place}: {text[:60]}"
        for module in modules("core")
        if module.room not in {"core.store", "core.engine"}
        for text in texts(module)
        if WRITING_SQL.match(text)
    }

    assert wrong == set()


def test_no_page_lies_where_it_would_run_without_its_gate() -> None:
    assert list((ROOT / "pages").glob("*.py")) == []


def test_every_page_asks_who_is_there_before_it_draws() -> None:
    pages = [module for module in modules("pages") if module.path.name != "__init__.py"]

    assert {page.place for page in pages if "session.require(" not in page.text} == set()


def test_every_exception_from_a_check_says_why() -> None:
    wrong = {
        f"{module.place}:{number}"
        for module in modules()
        for number, line in enumerate(module.text.splitlines(), start=1)
        if EXCUSE.search(line) and not REASON.search(line)
    }

    assert wrong == set()


@pytest.mark.parametrize(("folder", "longest"), [("core", LONGEST), ("ui", LONGEST), ("tests", LONGEST)])
def test_no_module_is_too_long_to_read(folder: str, longest: int) -> None:
    long = {module.place for module in modules(folder) if len(module.text.splitlines()) > longest}

    assert long == set()


def test_no_page_is_too_long_to_read() -> None:
    long = {page.place for page in modules("pages") if len(page.text.splitlines()) > LONGEST_PAGE}

    assert long == set()


def test_every_module_begins_with_a_sentence() -> None:
    silent = {
        module.place
        for module in modules("app.py", "core", "ui", "pages")
        if module.text.strip() and not (ast.get_docstring(module.tree) or "").strip()
    }

    assert silent == set()


def test_the_project_names_no_package_registry() -> None:
    wrong = {
        f"{path.relative_to(ROOT)}: {host}"
        for path in files()
        for host in REGISTRIES
        if host.encode() in path.read_bytes()
    }

    assert wrong == set()


def test_a_press_asks_who_is_at_the_screen_then_not_when_the_page_was_drawn() -> None:
    wrong = {
        f"{module.place}, line {node.lineno}"
        for module in modules("pages", "ui")
        for node in ast.walk(module.tree)
        if isinstance(node, ast.Call)
        for given in _given_beforehand(node)
        if isinstance(given, ast.Attribute) and ast.unparse(given) == "here.person"
    }

    assert wrong == set()


def _given_beforehand(call: ast.Call) -> list[ast.expr]:
    """What a call hands to a later one: `args=(…)` of a widget, the arguments of a partial."""
    if isinstance(call.func, ast.Name) and call.func.id == "partial":
        return call.args
    tuples = [word.value for word in call.keywords if word.arg == "args"]
    return [given for one in tuples if isinstance(one, ast.Tuple) for given in one.elts]
