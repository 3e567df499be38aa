# SPDX-License-Identifier: Apache-2.0
"""What needs the compiler's tools: files that compile alone, clang-format, clang-tidy. Each result is kept in
build/tidy by the hash of everything it depends on, so that only changed files are checked again."""
import concurrent.futures
import hashlib
import json
import os
import pathlib
import re
import shlex
import subprocess

from layers import includes
from tree import Finding, blank, is_test

JOBS = os.cpu_count() or 1
DATABASE = "build/debug/compile_commands.json"
FIRST_INCLUDE = re.compile(r'#[ \t]*include[ \t]*"([^"]+)"')


class Kept:
    """Names of checks that passed, by hash."""
    def __init__(self, tree, rule):
        self.folder = tree.root / "build/tidy" / rule
        self.folder.mkdir(parents=True, exist_ok=True)

    def has(self, key):
        return (self.folder / key).exists()

    def add(self, key):
        (self.folder / key).touch()


def digest(*parts):
    out = hashlib.sha256()
    for part in parts:
        out.update(part if isinstance(part, bytes) else part.encode())
        out.update(b"\0")
    return out.hexdigest()


def closure(tree, path):
    """The file and every file of ours that it includes, directly or not."""
    seen, open_ = set(), [path]
    while open_:
        at = open_.pop()
        if at in seen or not tree.has(at):
            continue
        seen.add(at)
        open_ += [ours for _, ours, _ in includes(tree, at) if ours]
    return sorted(seen)


def key_of(tree, path, *more):
    return digest(*more, *(part for p in closure(tree, path) for part in (p, tree.text(p))))


def commands(tree):
    """How the debug build compiles each source, as words."""
    database = tree.root / DATABASE
    if not database.exists():
        raise SystemExit(f"tidy: {DATABASE} is missing: cmake --preset debug")
    for entry in json.loads(database.read_text()):
        yield os.path.relpath(entry["file"], tree.root), shlex.split(entry["command"])


def flags(tree):
    """How the debug build compiles each source, without precompiled headers and what belongs to one file."""
    out = {}
    for file, words in commands(tree):
        keep, skip = [], False
        for word in words[1:]:
            if skip:
                skip = False
            elif word in ("-o", "-c", "-include", "-include-pch", "-Xclang", "-MF", "-MT"):
                skip = True
            elif word.startswith(("-I", "-D", "-std", "-W", "-f")) or word in ("-isystem",):
                keep.append(word)
                continue
            elif keep and keep[-1] == "-isystem":
                keep.append(word)
        out[file] = [w for w in keep if not w.startswith(("-fpch", "-fsanitize", "-Winvalid-pch"))]
    return out


def precompiled(tree):
    """The arguments with which each test gets its precompiled headers: GoogleTest's take longer than all else."""
    out = {}
    for file, words in commands(tree):
        found = re.search(r"-Xclang -include-pch -Xclang (\S+)", " ".join(words)) if is_test(file) else None
        if found:
            out[file] = ["-fpch-instantiate-templates", "-Xclang", "-fno-pch-timestamp", "-Xclang", "-include-pch", "-Xclang",
                         found[1]]
    return out


def in_parallel(work, items):
    with concurrent.futures.ThreadPoolExecutor(JOBS) as pool:
        for findings in pool.map(work, items):
            yield from findings


class Alone:
    """Which files are known to compile alone: all that was compiled first in a translation unit. That is the source
    itself, the header that it includes first, the one which that header includes first, and so on."""
    def __init__(self, tree):
        self.tree, self.flags, self.precompiled, self.kept = tree, flags(tree), precompiled(tree), Kept(tree, "alone")
        self.any_flags = max(self.flags.values(), key=len) if self.flags else []
        self.by_folder = {}
        for path, words in self.flags.items():
            self.by_folder.setdefault(path.rsplit("/", 1)[0], words)

    def flags_of(self, path):
        words = self.flags.get(path) or self.by_folder.get(path.rsplit("/", 1)[0]) or self.any_flags
        return words + self.precompiled.get(path, [])

    def key(self, path):
        return key_of(self.tree, path, " ".join(self.flags_of(path)))

    def has(self, path):
        return self.kept.has(self.key(path))

    def add(self, path):
        for proven in (path, *([] if path in self.precompiled else first_includes(self.tree, path))):
            self.kept.add(self.key(proven))

    def compile(self, path):
        """What the compiler says against a file; empty when it says nothing."""
        command = ["clang++-19", *self.flags_of(path), "-fsyntax-only", "-x", "c++"]
        text = None
        if path.endswith(".hpp"):
            command, text = [*command, "-"], f'#include "{path}"\n'
        else:
            command.append(path)
        run = subprocess.run(command, input=text, capture_output=True, text=True, cwd=self.tree.root)
        return run.stderr if run.returncode != 0 else ""


def first_includes(tree, path):
    """The header of ours that a file includes before it has any code, the one that this includes first, and so on."""
    out = []
    while True:
        code = blank(tree.text(path), keep_literals=True).replace("#pragma once", "").lstrip()
        first = FIRST_INCLUDE.match(code)
        if not first or not tree.has(first[1]) or first[1] in out:
            return out
        path = first[1]
        out.append(path)


def alone(tree):
    """Each file compiled on its own, with every warning."""
    known = Alone(tree)

    def one(path):
        said = known.compile(path)
        if said:
            return [Finding(path, 1, "alone", "does not compile alone:\n" + said[:2000])]
        known.add(path)
        return []

    # The debug build has no programs of bench/: without this they would no longer compile one day.
    sources = [p for p in tree.paths if p in known.flags or (p.startswith("bench/") and p.endswith(".cpp"))]
    yield from in_parallel(one, [p for p in sources if not known.has(p)])
    headers = [p for p in tree.headers() if not known.has(p)]
    while headers:
        # Those that no other one includes first go first: they may prove the others.
        included = {first for p in headers for first in first_includes(tree, p)}
        now = [p for p in headers if p not in included] or headers
        yield from in_parallel(one, now)
        headers = [p for p in headers if p not in now and not known.has(p)]


def format_(tree):
    """clang-format, as .clang-format has it."""
    kept, style = Kept(tree, "format"), tree.text(".clang-format")
    open_ = [(p, digest(style, tree.text(p))) for p in tree.cpp()]
    open_ = [(p, key) for p, key in open_ if not kept.has(key)]
    batches = [open_[i:i + 20] for i in range(0, len(open_), 20)]

    def one(batch):
        run = subprocess.run(["clang-format-19", "--dry-run", "-Werror", *(p for p, _ in batch)],
                             capture_output=True, text=True, cwd=tree.root)
        bad = {}
        for match in re.finditer(r"^(.+?):(\d+):\d+: error:", run.stderr, re.MULTILINE):
            bad.setdefault(match[1], int(match[2]))
        for path, key in batch:
            if path not in bad:
                kept.add(key)
        return [Finding(p, line, "format", f"clang-format-19 -i {p}") for p, line in bad.items()]

    yield from in_parallel(one, batches)


def clang_tidy(tree):
    """The checks of .clang-tidy, and the compiler's warnings, on every source that is no test."""
    known, kept = Alone(tree), Kept(tree, "clang-tidy")
    config, plugin = tree.text(".clang-tidy"), built_plugin()
    sources = [p for p in tree.paths if p in known.flags and p.endswith(".cpp") and not is_test(p)]
    keys = {p: key_of(tree, p, config, " ".join(known.flags[p])) for p in sources}

    def one(path):
        findings = run_clang_tidy(tree, path, known.flags[path], plugin)
        if not findings:
            kept.add(keys[path])
            known.add(path)
        return findings

    seen = set()
    for finding in in_parallel(one, [p for p in sources if not kept.has(keys[p])]):
        if finding not in seen:
            seen.add(finding)
            yield finding


def run_clang_tidy(tree, path, words, plugin):
    command = ["clang-tidy-19", "--quiet", "--checks=clang-diagnostic-*", *plugin, path, "--", *words]
    run = subprocess.run(command, capture_output=True, text=True, cwd=tree.root)
    if run.returncode == 0:
        return []
    out = []
    for match in re.finditer(r"^(\S+?):(\d+):\d+: (?:error|warning): (.*)$", run.stdout, re.MULTILINE):
        out.append(Finding(os.path.relpath(tree.root / match[1], tree.root), int(match[2]), "clang-tidy", match[3]))
    return out or [Finding(path, 1, "clang-tidy", run.stdout[-1500:] + run.stderr[-500:])]


def built_plugin():
    """The arguments that load own_code.cpp, compiled for this clang-tidy. Without clang's headers there are none: the
    checks are the same without it, and take four times as long."""
    source = pathlib.Path(__file__).with_name("own_code.cpp")
    headers = subprocess.run(["llvm-config-19", "--includedir"], capture_output=True, text=True).stdout.strip()
    if not headers or not pathlib.Path(headers, "clang/AST/ASTConsumer.h").exists():
        return []
    version = subprocess.run(["clang-tidy-19", "--version"], capture_output=True, text=True).stdout
    library = source.parents[2] / f"build/tidy/own_code-{digest(source.read_bytes(), version)[:16]}.so"
    if not library.exists():
        library.parent.mkdir(parents=True, exist_ok=True)
        made = library.with_suffix(".new")
        subprocess.run(["clang++-19", "-std=c++20", "-fno-rtti", "-fPIC", "-shared", "-isystem", headers, source, "-o", made],
                       check=True)
        made.rename(library)
    return [f"-load={library}"]
