#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Mutation testing: makes small faults in a module, one at a time, and runs the module's tests on each.

A mutant survives when its tests still pass: they do not see that fault. The last line is the score, the part of the
mutants that compile which the tests refuse (by a failure, a crash or a time limit). Exit code 1 when it is below --least.

The working tree stays as it is: the faults are made in a copy under build/mutate, and each compiles one file again.
A mutant that no test can refuse, because the program means the same, is listed with the reason in equivalent.txt.
"""
import argparse
import os
import pathlib
import random
import resource
import subprocess
import sys
import time

sys.dont_write_bytecode = True

from mutants import mutants_of

ROOT = pathlib.Path(__file__).resolve().parents[2]
COPY = ROOT / "build/mutate/source"
BUILD = ROOT / "build/mutate/build"
EQUIVALENT = pathlib.Path(__file__).resolve().parent / "equivalent.txt"
MODULES = ("core", "schema", "auth", "api")
MEMORY_BYTES_MAX = 4 << 30  # a loop without an end may collect what it reads
SLOWER = 5  # how many times as long as without a fault the tests may run, and
SECONDS_MORE = 5  # this much longer


def tracked_files():
    listed = subprocess.run(["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"], cwd=ROOT, check=True,
                            capture_output=True, text=True).stdout
    return sorted({p for p in listed.split("\0") if p and (ROOT / p).is_file()})


def copy_tree():
    """Brings the copy up to date; files that are alike keep their time, so that they are not compiled again."""
    files = tracked_files()
    for path in files:
        source, target = ROOT / path, COPY / path
        if target.is_file() and target.read_bytes() == source.read_bytes():
            continue
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(source.read_bytes())
        target.chmod(source.stat().st_mode)
    known = set(files)
    for target in [p for p in COPY.rglob("*") if p.is_file()]:
        if str(target.relative_to(COPY)) not in known:
            target.unlink()


def configure():
    subprocess.run(["cmake", "-S", COPY, "-B", BUILD, "-G", "Ninja", "-DCMAKE_C_COMPILER=clang-19",
                    "-DCMAKE_CXX_COMPILER=clang++-19", "-DCMAKE_BUILD_TYPE=Debug", "-DCMAKE_CXX_FLAGS=-w",
                    "-DCMAKE_CXX_FLAGS_DEBUG=-O0", "-DASHLAR_PRECOMPILED=ON",
                    "-DCMAKE_GTEST_DISCOVER_TESTS_DISCOVERY_MODE=PRE_TEST"], check=True, stdout=subprocess.DEVNULL)


def build(module):
    """Whether the module's test program could be built, and what the build said."""
    done = subprocess.run(["ninja", "-C", BUILD, f"{module}_tests"], capture_output=True, text=True,
                          env={**os.environ, "CCACHE_DISABLE": "1"})
    return done.returncode == 0, done.stdout + done.stderr


def limit_memory():
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES_MAX, MEMORY_BYTES_MAX))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def tests_pass(module, seconds_max):
    try:
        done = subprocess.run([BUILD / f"bin/{module}_tests", "--gtest_brief=1", "--gtest_fail_fast"], timeout=seconds_max,
                              stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                              preexec_fn=limit_memory)
    except subprocess.TimeoutExpired:
        return False
    return done.returncode == 0


def read_equivalent(text):
    """{(path, line, mutant's line)} from blocks of a path, a `-` line, a `+` line and a `#` line with the reason."""
    out = set()
    for block in text.split("\n\n"):
        lines = [line for line in block.splitlines() if line and not line.startswith("//")]
        if not lines:
            continue
        path, before, after, reason = (lines + [""] * 4)[:4]
        if len(lines) != 4 or [before[:2], after[:2], reason[:2]] != ["- ", "+ ", "# "] or not reason[2:].strip():
            raise SystemExit(f"mutate: {EQUIVALENT.name}: a block is a path, `- line`, `+ line`, `# reason`:\n{block}")
        out.add((path, before[2:], after[2:]))
    return out


def sources_of(module):
    return [p for p in tracked_files()
            if p.startswith(f"ashlar/{module}/") and p.endswith((".cpp", ".hpp")) and not p.endswith("_test.cpp")]


def chosen_mutants(modules, only, sample, seed, equivalent):
    """[(module, mutant)], by file; of all of them, or of a sample."""
    out = []
    for module in modules:
        for path in sources_of(module):
            if only and path not in only:
                continue
            text = (ROOT / path).read_text(encoding="utf-8")
            for mutant in mutants_of(path, text):
                _, before, after = mutant.lines(text)
                if (path, before, after) not in equivalent:
                    out.append((module, mutant))
    if sample and sample < len(out):
        out = sorted(random.Random(seed).sample(out, sample), key=lambda m: (m[0], m[1].path, m[1].begin))
    return out


class Run:
    def __init__(self, verbose):
        self.verbose = verbose
        self.killed, self.survivors, self.invalid = 0, [], 0
        self.seconds_max = {}

    def prepare(self, module):
        """The tests without a fault: they must pass, and show how long they take."""
        ok, said = build(module)
        if not ok:
            raise SystemExit(f"mutate: {module}_tests does not build without a fault:\n{said[-3000:]}")
        began = time.monotonic()
        if not tests_pass(module, None):
            raise SystemExit(f"mutate: {module}_tests fails without a fault")
        self.seconds_max[module] = SLOWER * (time.monotonic() - began) + SECONDS_MORE

    def try_one(self, module, mutant):
        text = (ROOT / mutant.path).read_text(encoding="utf-8")
        line, before, after = mutant.lines(text)
        file = COPY / mutant.path
        file.write_text(mutant.apply(text), encoding="utf-8")
        try:
            compiles, _ = build(module)
            if not compiles:
                self.invalid += 1
                return
            if tests_pass(module, self.seconds_max[module]):
                self.survivors.append(mutant)
                print(f"{mutant.path}:{line}: survives ({mutant.operator})\n  - {before}\n  + {after}", flush=True)
            else:
                self.killed += 1
                if self.verbose:
                    print(f"{mutant.path}:{line}: killed ({mutant.operator})\n  + {after}", flush=True)
        finally:
            file.write_text(text, encoding="utf-8")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("modules", nargs="*", help=f"of ashlar/; all of {', '.join(MODULES)} by default")
    parser.add_argument("--file", action="append", default=[], help="only mutants of this file (repeatable)")
    parser.add_argument("--sample", type=int, default=0, metavar="N", help="only N of them, chosen by the seed")
    parser.add_argument("--seed", type=int, default=None, help="printed when it is not given")
    parser.add_argument("--least", type=float, default=95, metavar="PERCENT", help="the least score (95)")
    parser.add_argument("--list", action="store_true", help="print the mutants and run nothing")
    parser.add_argument("--verbose", action="store_true", help="print the killed ones, too")
    arguments = parser.parse_args()

    os.chdir(ROOT)
    modules = arguments.modules or [m for m in MODULES if sources_of(m)]
    for module in modules:
        if not sources_of(module):
            raise SystemExit(f"mutate: there is no module ashlar/{module}")
    seed = random.randrange(1 << 32) if arguments.seed is None else arguments.seed
    equivalent = read_equivalent(EQUIVALENT.read_text(encoding="utf-8"))
    chosen = chosen_mutants(modules, arguments.file, arguments.sample, seed, equivalent)
    if arguments.list:
        for _, mutant in chosen:
            line, before, after = mutant.lines((ROOT / mutant.path).read_text(encoding="utf-8"))
            print(f"{mutant.path}:{line}: {mutant.operator}\n  - {before}\n  + {after}")
        return 0

    print(f"mutate: {len(chosen)} mutants of {', '.join(modules)}, seed {seed}", flush=True)
    copy_tree()
    configure()
    run = Run(arguments.verbose)
    for module in modules:
        if any(m == module for m, _ in chosen):
            run.prepare(module)
    for module, mutant in chosen:
        run.try_one(module, mutant)

    tried = run.killed + len(run.survivors)
    score = 100 * run.killed / tried if tried else 100
    print(f"mutate: {run.killed} of {tried} killed, {score:.1f} % (seed {seed}); {run.invalid} more do not compile")
    return 0 if score >= arguments.least else 1


if __name__ == "__main__":
    sys.exit(main())
