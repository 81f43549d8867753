"""Counts the small faults in the core that its tests find.

mutmut puts one fault at a time into a copy of the tree, never into the tree itself. The unit tests
run on every mutant, and the laws on those that the unit tests miss. A mutant that survives is a gap
in the tests, or changes nothing that a user may rely on. `mutants.toml` lists those of the second
kind with their reasons. Different words in a message need no reason: tests read fields, not text.

    python tools/mutants.py [PATTERN ...]   such as 'src/prodflow/flow/*'; MODULES by default

Prints a table by module, then every mutant that survives and is not listed. Exits with 1 if there
are any.
"""

import argparse
import ast
import difflib
import json
import shutil
import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from copy import deepcopy
from pathlib import Path
from typing import Final, NamedTuple

import attrs

ROOT: Final = Path(__file__).parents[1]
MUTMUT: Final = [sys.executable, "-m", "mutmut", "run"]

MODULES: Final = [
    f"src/prodflow/{name}"
    for name in (
        *("_statuses.py", "calendars.py", "cycle.py", "duedate.py", "order.py", "triggers.py"),
        *("flow/*", "invoices/*", "stores/*"),
    )
]
# mutmut's exit codes for a failed test and for a timeout. With any other code the mutant survived.
KILLED: Final = {1, 3, 24, 36, 152, 255, -24}

UNIT: Final = ["tests/unit", "src/prodflow"]
LAWS: Final = ["tests/laws", "tests/conformance/test_memory.py"]


class Mutant(NamedTuple):
    """A fault: the function, the lines that it loses and the lines that it gets."""

    function: str  # without the module, so that the function may move
    was: str
    becomes: str


class _Wordless(ast.NodeTransformer):
    """Empties the texts of messages: strings with a space, and what a check says it expected."""

    def visit_Constant(self, node: ast.Constant) -> ast.Constant:
        """Empty a string with a space."""
        is_wording = isinstance(node.value, str) and " " in node.value
        return ast.Constant("") if is_wording else node

    def visit_Call(self, node: ast.Call) -> ast.AST:
        """Empty the strings after the name and the value of a check."""
        if ast.unparse(node.func).startswith("checks."):
            for place in range(2, len(node.args)):
                if isinstance(node.args[place], ast.Constant):
                    node.args[place] = ast.Constant("")
        return self.generic_visit(node)


def copy_of_the_tree(folder: Path) -> Path:
    """A copy of the tree, without the files that git ignores."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],  # noqa: S607
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    )
    for name in filter(None, listed.stdout.split("\0")):
        if (ROOT / name).exists():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, folder / name)
    return folder


def configure(folder: Path, *, modules: Iterable[str], tests: Iterable[str]) -> None:
    """Write into the copy's pyproject.toml what to mutate and which tests to run."""
    settings = {"only_mutate": list(modules), "pytest_add_cli_args_test_selection": list(tests)}
    head, table, tail = (ROOT / "pyproject.toml").read_text().partition("[tool.mutmut]\n")
    lines = "".join(f"{key} = {json.dumps(value)}\n" for key, value in settings.items())
    (folder / "pyproject.toml").write_text(head + table + lines + tail)


def results(folder: Path) -> dict[str, int]:
    """The exit status of each mutant, by its name."""
    found: dict[str, int] = {}
    for meta in sorted(folder.glob("mutants/src/**/*.meta")):
        found |= json.loads(meta.read_text())["exit_code_by_key"]
    return found


def described(folder: Path, names: Iterable[str]) -> Iterator[tuple[str, Mutant]]:
    """Each mutant by its name, without those that only change the words of a message."""
    by_module: dict[str, list[str]] = {}
    for name in names:
        by_module.setdefault(name.rpartition(".")[0], []).append(name)
    for module, members in by_module.items():
        functions = _functions(folder / "mutants/src" / module.replace(".", "/"))
        for name in members:
            twin = name.rpartition(".")[2]
            mangled = twin.partition("__mutmut_")[0]
            original, mutant = functions[f"{mangled}__mutmut_orig"], functions[twin]
            if _wordless(original) != _wordless(mutant):
                function = mangled.removeprefix("xǁ").removeprefix("x_").replace("ǁ", ".")
                was, becomes = _difference(original, mutant)
                yield name, Mutant(function, was, becomes)


def _functions(module: Path) -> dict[str, ast.FunctionDef]:
    """The functions of a module after mutmut: each original, and each mutant."""
    path = module / "__init__.py" if module.is_dir() else module.with_suffix(".py")
    nodes = ast.walk(ast.parse(path.read_text()))
    return {node.name: node for node in nodes if isinstance(node, ast.FunctionDef)}


def _lines(function: ast.FunctionDef) -> list[str]:
    """The lines of a function without its name, which mutmut changes."""
    body = "\n".join(map(ast.unparse, function.body))
    return [ast.unparse(function.args), *body.splitlines()]


def _wordless(function: ast.FunctionDef) -> list[str]:
    wordless: ast.FunctionDef = _Wordless().visit(deepcopy(function))
    return _lines(wordless)


def _difference(original: ast.FunctionDef, mutant: ast.FunctionDef) -> tuple[str, str]:
    """The lines that only the original has, and those that only the mutant has."""
    lines = list(difflib.ndiff(_lines(original), _lines(mutant)))
    was, becomes = (
        " ".join(line[2:].strip() for line in lines if line.startswith(sign)) for sign in "-+"
    )
    return was, becomes


def explained(tree: Path = ROOT) -> dict[Mutant, str]:
    """The mutants in the mutants.toml of a tree, with their reasons."""
    reasons = tomllib.loads((tree / "tools/mutants.toml").read_text()).get("reason", [])
    return {Mutant(*mutant): reason["why"] for reason in reasons for mutant in reason["mutants"]}


@attrs.frozen
class Score:
    """The results of mutants by name, and the survivors that mutants.toml doesn't list."""

    found: Mapping[str, int]
    wordings: frozenset[str]
    explained: frozenset[str]
    unexplained: Mapping[str, Mutant]


def run(folder: Path, modules: Iterable[str]) -> Score:
    """Run the unit tests on every mutant, then the laws on those that survive."""
    configure(folder, modules=modules, tests=UNIT)
    subprocess.run(MUTMUT, cwd=folder, check=True)  # noqa: S603 - our own command
    found = results(folder)
    alive = {name for name, code in found.items() if code not in KILLED}
    seen = dict(described(folder, sorted(alive)))
    reasons = explained()
    open_questions = {name for name, mutant in seen.items() if mutant not in reasons}
    if open_questions:
        configure(folder, modules=modules, tests=LAWS)
        command = [*MUTMUT, *sorted(open_questions)]
        subprocess.run(command, cwd=folder, check=True)  # noqa: S603 - our own command
        again = results(folder)
        found |= {name: again[name] for name in open_questions}
    return Score(
        found,
        wordings=frozenset(alive - seen.keys()),
        explained=frozenset(seen.keys() - open_questions),
        unexplained={n: seen[n] for n in sorted(open_questions) if found[n] not in KILLED},
    )


def report(score: Score) -> None:
    """Print the score of each module, and the survivors that are not listed."""
    by_module: dict[str, list[str]] = {}
    for name in score.found:
        by_module.setdefault(name.rpartition(".")[0], []).append(name)
    by_module["all"] = list(score.found)
    print(
        f"{'module':<28}{'mutants':>8}{'wording':>8}{'killed':>8}{'equal':>8}{'alive':>8}{'score':>8}"
    )
    for module, names in by_module.items():
        wordings, equals, alive = (
            len(kind.intersection(names))
            for kind in (score.wordings, score.explained, frozenset(score.unexplained))
        )
        killed = len(names) - wordings - equals - alive
        print(
            f"{module:<28}{len(names):>8,}{wordings:>8,}{killed:>8,}{equals:>8,}{alive:>8,}"
            f"{killed / max(1, killed + equals + alive):>8.1%}"
        )
    print("\nThe score is of the mutants that change more than the words of a message.")
    for name, mutant in score.unexplained.items():
        print(f"\n{name}: {mutant.function}\n  - {mutant.was}\n  + {mutant.becomes}")


def main() -> int:
    """Run the tests on the mutants, and print the results."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("pattern", nargs="*", default=MODULES, help="what to mutate")
    modules: list[str] = parser.parse_args().pattern
    with tempfile.TemporaryDirectory() as folder:
        score = run(copy_of_the_tree(Path(folder)), modules)
    report(score)
    return int(bool(score.unexplained))


if __name__ == "__main__":
    raise SystemExit(main())
