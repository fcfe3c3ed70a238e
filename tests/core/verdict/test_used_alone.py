"""The statistics as a library of their own."""

import ast
import re
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
MODULES = sorted((ROOT / "core" / "verdict").glob("*.py"))
PAGE = (ROOT / "docs" / "statistics.md").read_text(encoding="utf-8")
ALLOWED = {"numpy", "scipy", "pandas"}


@pytest.mark.parametrize("module", MODULES, ids=lambda module: module.stem)
def test_they_need_numpy_scipy_and_pandas_alone(module: Path) -> None:
    used = set()
    for node in ast.walk(ast.parse(module.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            used |= {name.name for name in node.names}
        if isinstance(node, ast.ImportFrom):
            used.add(node.module or "")
    others = {name for name in used if name.split(".")[0] not in {*sys.stdlib_module_names, *ALLOWED}}

    assert all(name.startswith("core.verdict.") for name in others)


def test_the_examples_of_the_documentation_run(capsys: pytest.CaptureFixture[str]) -> None:
    examples = re.findall(r"```python\n(.*?)```", PAGE, flags=re.DOTALL)

    for example in examples:
        exec(compile(example, "docs/statistics.md", "exec"), {})  # noqa: S102 - the page's own text

    assert capsys.readouterr().out == "63% (52% to 73%), evidence 9.4 of 20\nTrue\n"


@pytest.mark.parametrize("module", MODULES, ids=lambda module: module.stem)
def test_every_smallest_size_is_told_in_the_documentation(module: Path) -> None:
    text = module.read_text(encoding="utf-8")
    for name in re.findall(r"^((?:ENOUGH|FEWEST)_[A-Z_]+) = ", text, flags=re.MULTILINE):
        assert name in PAGE, f"{module.stem}.{name} is not explained in docs/statistics.md"
