"""Checks that the quick tests find the faults that all tests found before.

`drawn_mutants.json` lists 200 faults in the core, drawn once: the module, the function, the line
that it loses and the line that it gets. `run` puts each fault into a copy of this tree and runs the
tests of `make test` there. If they miss it, `run` puts the same fault into a copy of an older tree,
and runs all tests of that tree. A fault that only the older tests find got away.

    python -m tools.drawn_mutants run --before ../before [--only 1-5,9]
    python -m tools.drawn_mutants check --before ../before      are all of them still in both trees?
    python -m tools.drawn_mutants draw --before ../before       needs mutmut

The function and the line tell where a fault belongs. If only names in the line have changed since,
the fault gets the new names. `run` saves its results and skips what has one. It exits with 1 if a
fault got away.
"""

import argparse
import ast
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
import tokenize
from collections.abc import Iterable, Iterator, Sequence
from importlib import import_module
from io import StringIO
from keyword import iskeyword
from pathlib import Path
from random import Random  # noqa: TID251 - with a seed
from typing import Any, Final, NamedTuple

from tools.mutants import MODULES, ROOT, described, explained

DATA: Final = ROOT / "tools/drawn_mutants.json"
COUNT: Final = 200
SEED: Final = 20261116

PYTEST: Final = [sys.executable, "-m", "pytest", "-x", "-q", "-n", "auto", "-p", "no:cacheprovider"]
QUICK: Final = ["-m", "not full", "--hypothesis-profile=quick"]
FIRST: Final = ["tests/unit", "tests/conformance", "src"]  # where most faults are noticed
REST: Final = ["tests/laws", "tests/seeded", "README.md", "docs", "adapters/sqlalchemy"]
LONGEST: Final = 3_600  # seconds for one run; a fault may cause an endless loop
FAILED: Final = 1  # pytest's exit status
TIMED_OUT: Final = 124


class Drawn(NamedTuple):
    """A fault, with the module that it was drawn from."""

    module: str
    function: str
    was: str
    becomes: str


class Place(NamedTuple):
    """Where a fault goes in a tree: a function and a line."""

    path: Path
    node: ast.FunctionDef
    line: int  # from 0, as `ast.unparse` writes the function
    becomes: str


# Find and apply


def functions(tree: Path) -> Iterator[tuple[Path, str, ast.FunctionDef]]:
    """The functions and methods of the core, each with its module and qualified name."""
    for pattern in MODULES:
        for path in sorted(tree.glob(pattern if pattern.endswith(".py") else f"{pattern}.py")):
            for node in ast.parse(path.read_text(encoding="utf-8")).body:
                members = node.body if isinstance(node, ast.ClassDef) else [node]
                for member in members:
                    if isinstance(member, ast.FunctionDef):
                        prefix = f"{node.name}." if isinstance(node, ast.ClassDef) else ""
                        yield path, prefix + member.name, member


def place_of(drawn: Drawn, tree: Path) -> Place | None:
    """Where a fault goes in a tree; None if its line is gone, or is there twice."""
    known = list(functions(tree))
    same = [(path, node) for path, name, node in known if name == drawn.function]
    there = [(path, node) for path, _, node in known if plain(path) == plain(Path(drawn.module))]
    near = [pair for pair in same if pair in there]
    for candidates in (near, same, there):
        places = [Place(path, node, i, drawn.becomes) for path, node, i in exact(drawn, candidates)]
        if len(places) == 1:
            return places[0]
    places = list(renamed(drawn, near or same))
    return places[0] if len(places) == 1 else None


def plain(path: Path) -> str:
    """The name of a module without the underscores of private ones."""
    return f"{path.parent.name.lstrip('_')}/{path.stem.lstrip('_')}"


def body_lines(node: ast.FunctionDef) -> Iterator[tuple[int, str]]:
    """The lines of a function after its signature, numbered as `ast.unparse` writes them."""
    head = len(node.decorator_list) + 1
    for index, line in enumerate(ast.unparse(node).splitlines()):
        if index >= head:
            yield index, line.strip()


def exact(
    drawn: Drawn, candidates: Iterable[tuple[Path, ast.FunctionDef]]
) -> Iterator[tuple[Path, ast.FunctionDef, int]]:
    """The places of the line that the fault replaces."""
    for path, node in candidates:
        for index, line in body_lines(node):
            if line == drawn.was:
                yield path, node, index


def renamed(drawn: Drawn, candidates: Iterable[tuple[Path, ast.FunctionDef]]) -> Iterator[Place]:
    """The places of that line with other names, each with the new line in these names."""
    for path, node in candidates:
        for index, line in body_lines(node):
            names = new_names(drawn.was, line)
            if names is not None:
                yield Place(path, node, index, with_names(drawn.becomes, names))


def new_names(before: str, now: str) -> dict[str, str] | None:
    """The names of one line mapped to those of another; None if more than names differs."""
    old, new = tokens(before), tokens(now)
    names: dict[str, str] = {}
    if len(old) != len(new):
        return None
    for one, two in zip(old, new, strict=True):
        if is_name(one) and is_name(two):
            if names.setdefault(one, two) != two:
                return None
        elif one != two:
            return None
    return names if len(set(names.values())) == len(names) else None


def with_names(line: str, names: dict[str, str]) -> str:
    """A line with its names replaced."""
    return " ".join(names.get(token, token) for token in tokens(line))


def is_name(token: str) -> bool:
    """Whether a token is an identifier."""
    return token.isidentifier() and not iskeyword(token)


def tokens(line: str) -> list[str]:
    """The tokens of a line; the whole line if it isn't a complete statement."""
    try:
        return [t.string for t in tokenize.generate_tokens(StringIO(line).readline) if t.string]
    except (tokenize.TokenError, IndentationError):
        return [line]


def apply(place: Place) -> None:
    """Put a fault into its tree."""
    lines = ast.unparse(place.node).splitlines()
    line = lines[place.line]
    lines[place.line] = line[: len(line) - len(line.lstrip())] + place.becomes
    rewrite(place.path, place.node, lines)


def rewrite(path: Path, node: ast.FunctionDef, lines: Sequence[str]) -> None:
    """Replace the source of a function."""
    source = path.read_text(encoding="utf-8").splitlines()
    start = min([node.lineno, *(decorator.lineno for decorator in node.decorator_list)])
    indent = " " * node.col_offset
    source[start - 1 : node.end_lineno] = [indent + line if line else line for line in lines]
    text = "\n".join(source) + "\n"
    ast.parse(text)
    path.write_text(text, encoding="utf-8")


# Draw


def candidates(tree: Path) -> Iterator[Drawn]:
    """The faults of mutmut that change one line, without those that only change words."""
    mutmut: Any = import_module("mutmut.mutation.file_mutation")  # only `draw` needs it
    reasons = explained(tree)
    with tempfile.TemporaryDirectory() as folder:
        for path in sorted({path for path, *_ in functions(tree)}):
            module = path.relative_to(tree / "src")
            mutated = mutmut.mutate_file_contents(str(path), path.read_text(encoding="utf-8"))
            target = Path(folder) / "mutants/src" / module
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(mutated.code, encoding="utf-8")
            dotted = ".".join(module.with_suffix("").parts)
            names = [f"{dotted}.{name}" for name in mutated.mutant_names]
            for _, mutant in described(Path(folder), names):
                if mutant not in reasons and mutant.was and mutant.becomes:
                    yield Drawn(str(module), *mutant)


def draw(before: Path) -> list[Drawn]:
    """Faults that have a place in both trees, in the order of the older tree."""
    known = list(dict.fromkeys(candidates(before)))
    shuffled = Random(SEED).sample(known, len(known))  # noqa: S311 - nothing is secret
    chosen: set[Drawn] = set()
    for drawn in shuffled:
        if len(chosen) == COUNT:
            break
        if place_of(drawn, before) and place_of(drawn, ROOT):
            chosen.add(drawn)
    return [drawn for drawn in known if drawn in chosen]


def read() -> list[Drawn]:
    """The faults that were drawn."""
    return [Drawn(*fault) for fault in json.loads(DATA.read_text(encoding="utf-8"))]


def write(faults: Sequence[Drawn]) -> None:
    """Save the faults, one on each line."""
    lines = ",\n".join(json.dumps(fault, ensure_ascii=False) for fault in faults)
    DATA.write_text(f"[\n{lines}\n]\n", encoding="utf-8")


# Run


def copied(tree: Path, folder: Path) -> Path:
    """A copy of the files that git tracks."""
    listed = subprocess.run(
        ["git", "ls-files", "-z"],  # noqa: S607
        cwd=tree,
        check=True,
        capture_output=True,
        text=True,
    )
    for name in filter(None, listed.stdout.split("\0")):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(tree / name, folder / name)
    return folder


def notices(tree: Path, runs: Sequence[Sequence[str]]) -> bool:
    """Whether a test of these runs fails in a tree.

    Raises:
        RuntimeError: if pytest could not run.
    """
    paths = [str(tree / "src"), str(tree / "adapters/sqlalchemy/src")]
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(paths)}
    for arguments in runs:
        try:
            status = subprocess.run(  # noqa: S603 - our own command
                [*PYTEST, *arguments],
                cwd=tree,
                env=environment,
                check=False,
                capture_output=True,
                timeout=LONGEST,
            ).returncode
        except subprocess.TimeoutExpired:
            status = TIMED_OUT
        if status in {FAILED, 2, TIMED_OUT}:  # 2: a module cannot be imported
            return True
        if status:
            raise RuntimeError(f"pytest ended with {status} in {tree}")
    return False


def outcome(drawn: Drawn, before: Path | None) -> str:
    """The result of a fault: "gone", "noticed", "got away" or "noticed by none"."""
    with tempfile.TemporaryDirectory(prefix="prodflow-drawn-") as folder:
        tree = copied(ROOT, Path(folder) / "now")
        place = place_of(drawn, tree)
        if place is None:
            return "gone"
        apply(place)
        if notices(tree, [[*QUICK, *FIRST], [*QUICK, *REST]]):
            return "noticed"
        if before is None:
            return "noticed by none"
        old = copied(before, Path(folder) / "before")
        place = place_of(drawn, old)
        if place is None:
            return "gone"
        apply(place)
        return "got away" if notices(old, [[]]) else "noticed by none"


def numbers(text: str) -> Iterator[int]:
    """The numbers in a text such as 1-5,9."""
    for part in text.split(","):
        first, _, last = part.partition("-")
        yield from range(int(first), int(last or first) + 1)


def run_all(
    faults: Sequence[Drawn], only: Sequence[int], before: Path | None, results: Path
) -> int:
    """Run the faults that have no result yet, and print all results."""
    done: dict[str, str] = json.loads(results.read_text()) if results.exists() else {}
    for number in only:
        drawn = faults[number - 1]
        began = time.perf_counter()
        if str(number) not in done:
            done[str(number)] = outcome(drawn, before)
            results.parent.mkdir(parents=True, exist_ok=True)
            results.write_text(json.dumps(done))
        result, seconds = done[str(number)], time.perf_counter() - began
        print(f"{number:>4} {result:<16}{seconds:>6.0f} s  {drawn.module}: {drawn.function}")
        if result != "noticed":
            print(f"       - {drawn.was}\n       + {drawn.becomes}")
    counted = [done[str(number)] for number in only]
    print(", ".join(f"{counted.count(kind)} {kind}" for kind in sorted(set(counted))))
    return int("got away" in counted)


def control(before: Path | None) -> int:
    """Print the faults without a place, and check that no test sees how functions are written."""
    faults = read()
    trees = [ROOT] if before is None else [ROOT, before]
    lost = 0
    for tree in trees:
        for number, drawn in enumerate(faults, 1):
            if place_of(drawn, tree) is None:
                lost += 1
                print(f"{number:>4} has no place in {tree}: {drawn.function}: {drawn.was}")
    with tempfile.TemporaryDirectory(prefix="prodflow-drawn-") as folder:
        tree = copied(ROOT, Path(folder) / "now")
        for path in sorted({path for path, *_ in functions(tree)}):
            members = [node for other, _, node in functions(tree) if other == path]
            for node in sorted(members, key=lambda node: -node.lineno):
                rewrite(path, node, ast.unparse(node).splitlines())
        noticed = notices(tree, [[*QUICK, *FIRST], [*QUICK, *REST]])
    print(f"{len(faults)} faults, {lost} without a place in a tree")
    if noticed:
        print("a test fails because ast.unparse has rewritten the functions: fix that first")
    return int(bool(lost) or noticed)


def main() -> int:
    """Draw, check or run."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("what", choices=["draw", "check", "run"])
    parser.add_argument("--before", type=Path, help="the older tree")
    parser.add_argument("--only", default=f"1-{COUNT}", help="such as 1-5,9")
    parser.add_argument("--results", type=Path, default=ROOT / "build/drawn.json")
    given = parser.parse_args()
    if given.what == "draw":
        write(draw(given.before))
        return 0
    if given.what == "check":
        return control(given.before)
    return run_all(read(), [*numbers(given.only)], given.before, given.results)


if __name__ == "__main__":
    raise SystemExit(main())
