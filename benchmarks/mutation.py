"""Mutation run: one small slip at a time is put into the code. Does a test notice?

    python -m benchmarks.mutation nnlib [nn/init.py ...] [--sample 20] [--seed 1]
    python -m benchmarks.mutation solution adam [--sample 20] [--seed 1]

A slip that no test notices shows what is not tested, or changes nothing that matters: look at each. The slips of
nnlib run in a temporary copy against the tests that are about the module, up to the first that fails; the slips of
a solution are graded by its hidden suite. (Of the kept tools, cosmic-ray and mutmut, neither reads notebooks or
draws a sample, and cosmic-ray writes its slips into the working tree.)
"""

from __future__ import annotations

import argparse
import ast
import importlib.util
import io
import os
import random
import re
import resource
import shutil
import sys
import tempfile
import tokenize
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parents[1]
SWAPS = {"+": "-", "-": "+", "*": "/", "/": "*", "//": "*", "**": "*", "+=": "-=", "-=": "+=", "*=": "/=", "/=": "*=",
         "<": "<= >", "<=": "< >=", ">": ">= <", ">=": "> <=", "==": "!=", "!=": "==", "and": "or", "or": "and",
         "True": "False", "False": "True", "min(": "max", "max(": "min", "minimum(": "maximum", "maximum(": "minimum",
         "sum(": "mean", "mean(": "sum", "zeros(": "ones", "ones(": "zeros", "zeros_like(": "ones_like"}
# Besides tests/test_MODULE.py: the tests about a folder or module of nnlib, the quickest first.
ALSO = {"nn": "edge_cases_more edge_cases_nn sequence_layers layers models published_numbers", "data": "data",
        "models": "models training_twins edge_cases_more", "module.py": "edge_cases_nn optim layers models",
        "optim.py": "edge_cases_more training_twins", "check.py": "edge_cases_more edge_cases_nn layers"}
LEFT_OUT = ("demo/", "data/build.py")    # tested in a browser; run by hand where the sources of the data are
SECONDS, BYTES = 300, 6 << 30            # of CPU time and memory for one mutant: some loop for ever
Mutant = tuple[str, int, str, str, str]  # name of the text, line number, the line before and after, the whole text


def draw(texts: Mapping[str, str], count: int, seed: int) -> list[Mutant]:
    """Random mutants of some Python texts, given by name; sorted."""
    slips = [(name, *slip) for name, text in texts.items() for slip in slips_in(text)]
    random.Random(seed).shuffle(slips)
    mutants: list[Mutant] = []
    while slips and len(mutants) < count:
        name, (row, start), end, new = slips.pop()
        lines = texts[name].splitlines(keepends=True)
        before, lines[row - 1] = lines[row - 1], lines[row - 1][:start] + new + lines[row - 1][end:]
        with suppress(SyntaxError):      # a star before arguments has no opposite
            ast.parse("".join(lines))
            mutants.append((name, row, before.strip(), lines[row - 1].strip(), "".join(lines)))
    return sorted(mutants)


def slips_in(text: str) -> Iterator[tuple[tuple[int, int], int, str]]:
    """(start, end, what could stand there) of each token that has something like an opposite, or a neighbour."""
    inside = 0
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        inside += {"FSTRING_START": 1, "FSTRING_END": -1}.get(tokenize.tok_name[token.type], 0)    # from Python 3.12
        end = token.end[1]
        news = SWAPS.get(token.string, SWAPS.get(token.string + token.line[end : end + 1], "")).split()
        if token.string == "not":
            news = [""]
        elif token.type == tokenize.NUMBER:
            value = ast.literal_eval(token.string)
            news = [str(value + 1), str(value - 1)] if isinstance(value, int) else [str(2 * value or 1.0)]
        yield from ((token.start, end, new) for new in news if not inside)


def run_nnlib(mutants: list[Mutant]) -> Iterator[str]:
    """What noticed each mutant of nnlib, or ""; before them an entry for the code as it is."""
    with tempfile.TemporaryDirectory() as folder:
        for name in ("nnlib", "tests"):
            shutil.copytree(PROJECT / name, Path(folder, name))
        shutil.copy(PROJECT / "pyproject.toml", folder)
        os.chdir(folder)
        sys.path[0], sys.dont_write_bytecode = folder, True
        os.environ |= {"OMP_NUM_THREADS": "1", "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
        for library in ("torch", "matplotlib.pyplot", "hypothesis"):
            importlib.import_module(library)    # once, for all forks
        assert importlib.util.find_spec("nnlib").origin.startswith(folder), "nnlib itself would be tested, not the copy"
        yield noticed_by(dict.fromkeys(file for name, *_ in mutants for file in tests_of(name)))
        for name, *_, text in mutants:
            original = Path("nnlib", name).read_text(encoding="utf-8")
            Path("nnlib", name).write_text(text, encoding="utf-8")
            yield noticed_by(tests_of(name))
            Path("nnlib", name).write_text(original, encoding="utf-8")


def tests_of(module: str) -> list[str]:
    """The test files about a module of nnlib."""
    names = dict.fromkeys([Path(module).stem, *ALSO.get(module.partition("/")[0], "").split()])
    return [f"tests/test_{name}.py" for name in names if Path(f"tests/test_{name}.py").is_file()]


def noticed_by(files: Iterable[str]) -> str:
    """The first test in `files` that fails, in a fork of this process; "" where all pass."""
    options = ["-xqrfE", "--tb=no", "--assert=plain", "-pno:cacheprovider"]
    with tempfile.TemporaryFile("w+") as log:
        child = os.fork()
        if not child:
            status = 1
            try:
                os.dup2(log.fileno(), 1)
                os.dup2(log.fileno(), 2)
                resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
                resource.setrlimit(resource.RLIMIT_DATA, (BYTES, BYTES))
                status = any(pytest.main([*options, file]) for file in files)    # after a failure no more are read
            finally:
                os._exit(status)
        status = os.waitpid(child, 0)[1]
        log.seek(0)
        failed = re.search(r"^(?:FAILED|ERROR) (\S+)", log.read(), re.MULTILINE)
    return "" if status == 0 else failed[1] if failed else f"no end within its limits (status {status})"


def run_solution(exercise: str, mutants: list[Mutant]) -> Iterator[str]:
    """What noticed each mutant of a solution's cells, or ""; before them an entry for the solution as it is."""
    from autograder.marking import exercise as files
    from autograder.marking import plugin, suite

    solution, hidden = files.solution_notebook(exercise), suite.load_suite(exercise)
    notebooks = [solution, *(files.with_cells(solution, {name: text}) for name, *_, text in mutants)]
    with plugin.open_sandbox(hidden) as sandbox:
        results = plugin.grade_each(hidden, sandbox, {str(n): notebook for n, notebook in enumerate(notebooks)})
    return (next((test.name for test in result.tests if not test.passed), "") for result in results.values())


def cells_of(exercise: str) -> dict[str, str]:
    """The cells that students write, by grade id."""
    from autograder.marking.exercise import solution_notebook, tasks
    from autograder.marking.submission import grade_id

    return {grade_id(cell): cell.source for cells in tasks(solution_notebook(exercise)).values() for cell in cells}


def modules() -> dict[str, str]:
    """The modules of nnlib, by their path."""
    files = {path.relative_to(PROJECT / "nnlib").as_posix(): path for path in (PROJECT / "nnlib").rglob("*.py")}
    return {name: files[name].read_text("utf-8") for name in sorted(files) if not name.startswith(LEFT_OUT)}


def show(mutants: list[Mutant], verdicts: Iterator[str]) -> None:
    """Print each verdict as it comes, then the kill rate."""
    wrong, killed = next(verdicts), 0
    if wrong:
        raise SystemExit(f"mutation: {wrong} fails without any slip, so nothing can be learned")
    for (name, row, before, after, _), test in zip(mutants, verdicts):
        killed += bool(test)
        verdict = f"{after}  # {test}" if test else f"SURVIVED\n  - {before}\n  + {after}"
        print(f"{name}:{row}  {verdict}", flush=True)
    print(f"{killed} of {len(mutants)} killed: {killed / max(1, len(mutants)):.0%}")


def main() -> None:
    """Draw, run, show."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.mutation", description=__doc__.split(":")[0])
    parser.add_argument("what", choices=["nnlib", "solution"])
    parser.add_argument("names", nargs="*", metavar="NAME", help="modules, such as nn/init.py, or exercises; none: all")
    parser.add_argument("--sample", type=int, default=20, help="how many mutants (default 20), of each exercise")
    parser.add_argument("--seed", type=int, default=1, help="which ones (default 1)")
    options = parser.parse_args()
    known = modules() if options.what == "nnlib" else {p.parent.name: "" for p in PROJECT.glob("solutions/*/*.ipynb")}
    names = options.names or sorted(known)
    if not set(names) <= set(known):
        parser.error(f"NAME: expected some of {', '.join(known)}, got {', '.join(set(names) - set(known))}")
    if options.what == "nnlib":
        mutants = draw({name: known[name] for name in names}, options.sample, options.seed)
        show(mutants, run_nnlib(mutants))
    for exercise in names if options.what == "solution" else []:
        mutants = draw(cells_of(exercise), options.sample, options.seed)
        show(mutants, run_solution(exercise, mutants))


if __name__ == "__main__":
    main()
