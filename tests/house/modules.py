"""The modules of the project as their source reads: where each stands and what it imports."""

import ast
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
NOT_OURS = frozenset(
    {
        ".git",
        ".venv",
        ".mypy_cache",
        ".ruff_cache",
        ".hypothesis",
        ".pytest_cache",
        "__pycache__",
        "workspace",
    }
)
OURS = ("app", "core", "ui", "pages", "tests", "benchmarks")


@dataclass(frozen=True)
class Module:
    """One Python file of the project."""

    path: Path
    text: str

    @property
    def place(self) -> str:
        """Its path from the project's root."""
        return self.path.relative_to(ROOT).as_posix()

    @property
    def room(self) -> str:
        """The part of the house it stands in: `core.store`, `pages`, `ui`, `app`."""
        parts = self.path.relative_to(ROOT).with_suffix("").parts
        return ".".join(parts[:2]) if parts[0] == "core" and len(parts) > 1 else parts[0]

    @property
    def tree(self) -> ast.Module:
        """Its syntax tree."""
        return _parsed(self.path)

    @property
    def imports(self) -> frozenset[str]:
        """The full names of the modules it imports, wherever in the file it does so."""
        return _imported(self)

    @property
    def rooms_used(self) -> frozenset[str]:
        """The other rooms of ours that it imports from."""
        return _rooms(self)


@cache
def modules(*roots: str) -> tuple[Module, ...]:
    """The Python files under these folders, or of the whole project."""
    return tuple(
        Module(path, path.read_text(encoding="utf-8"))
        for path in files()
        if path.suffix == ".py" and (not roots or path.relative_to(ROOT).parts[0] in roots)
    )


@cache
def files() -> tuple[Path, ...]:
    """Every file of the project; what is made on this machine is left out."""
    return tuple(path for path in sorted(ROOT.rglob("*")) if path.is_file() and not _foreign(path))


def _foreign(path: Path) -> bool:
    parts = path.relative_to(ROOT).parts
    return not NOT_OURS.isdisjoint(parts[:-1]) or parts == (".streamlit", "secrets.toml")


@cache
def _parsed(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"), filename=str(path))


@cache
def _imported(module: Module) -> frozenset[str]:
    found: set[str] = set()
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Import):
            found.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert not node.level, f"{module.place} imports relatively; name the module in full."
            package = node.module or ""
            deep = package in {"core", "ui", "pages"}
            found.update([f"{package}.{alias.name}" for alias in node.names] if deep else [package])
    return frozenset(found)


@cache
def _rooms(module: Module) -> frozenset[str]:
    ours = {".".join(name.split(".")[:2]) for name in module.imports if name.split(".")[0] == "core"}
    ours |= {name.split(".")[0] for name in module.imports if name.split(".")[0] in OURS} - {"core"}
    return frozenset(ours - {module.room})
