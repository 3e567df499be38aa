# SPDX-License-Identifier: Apache-2.0
"""What needs the compiler's tools: headers that compile alone, clang-format, clang-tidy. Each result is kept in
build/tidy by the hash of everything it depends on, so only what changed is looked at again."""
import concurrent.futures
import hashlib
import json
import os
import re
import shlex
import subprocess
import sys

from layers import includes
from tree import Finding, is_test

JOBS = os.cpu_count() or 1
DATABASE = "build/debug/compile_commands.json"
GROUP = 8  # sources that clang-tidy looks at together


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


def command_of(tree, path):
    """The arguments that the compiler gets for a source, precompiled headers too; not its own names."""
    words = next(words for file, words in commands(tree) if file == path)
    words = words[next(i for i, word in enumerate(words) if "clang" in word.rsplit("/", 1)[-1]) + 1:]
    return words[:words.index("-o")]


def flags(tree):
    """How the debug build compiles each source, without what belongs to one file."""
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


def in_parallel(work, items):
    with concurrent.futures.ThreadPoolExecutor(JOBS) as pool:
        for findings in pool.map(work, items):
            yield from findings


def headers(tree):
    """Each header compiled on its own."""
    by_file, kept = flags(tree), Kept(tree, "headers")
    everything = max(by_file.values(), key=len) if by_file else []

    def one(path):
        folder = path.rsplit("/", 1)[0]
        near = next((f for file, f in by_file.items() if file.startswith(folder + "/")), everything)
        key = key_of(tree, path, " ".join(near))
        if kept.has(key):
            return []
        run = subprocess.run(["clang++-19", *near, "-fsyntax-only", "-x", "c++", "-"], input=f'#include "{path}"\n',
                             capture_output=True, text=True, cwd=tree.root)
        if run.returncode == 0:
            kept.add(key)
            return []
        return [Finding(path, 1, "header", "does not compile alone:\n" + run.stderr[:2000])]

    yield from in_parallel(one, tree.headers())


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
    """The checks of .clang-tidy, on every source that is no test. Most of a run goes into the headers, so the sources
    of one folder are looked at together; a group whose names clash is looked at by halves."""
    by_file, kept = flags(tree), Kept(tree, "clang-tidy")
    config = tree.text(".clang-tidy")
    sources = [p for p in tree.paths if p in by_file and p.endswith(".cpp") and not is_test(p)]
    keys = {p: key_of(tree, p, config, " ".join(by_file[p])) for p in sources}
    changed = [p for p in sources if not kept.has(keys[p])]

    def one(group):
        findings = run_clang_tidy(tree, group)
        if findings is None:
            middle = len(group) // 2
            return one(group[:middle]) + one(group[middle:])
        print(f"looked at {' '.join(group)}", file=sys.stderr, flush=True)
        if not findings:
            for path in group:
                kept.add(keys[path])
        return findings

    seen = set()
    for finding in in_parallel(one, groups_of(changed, by_file)):
        if finding not in seen:
            seen.add(finding)
            yield finding


def groups_of(sources, by_file):
    """The sources of a folder that are compiled alike, a few at a time; the largest groups first."""
    alike = {}
    for path in sources:
        alike.setdefault((path.rsplit("/", 1)[0], tuple(by_file[path])), []).append(path)
    groups = [paths[i:i + GROUP] for paths in alike.values() for i in range(0, len(paths), GROUP)]
    return sorted(groups, key=len, reverse=True)


def run_clang_tidy(tree, group):
    """What clang-tidy finds in these sources; None when they cannot be compiled together."""
    words = ["clang-tidy-19", "--quiet"]
    if len(group) == 1:
        words += ["-p", "build/debug", group[0]]
    else:
        command = [*command_of(tree, group[0]), "-w"]  # the compiler's own warnings are the build's business
        together = tree.root / "build/tidy/groups" / f"{digest(*group)[:16]}.cpp"
        together.parent.mkdir(parents=True, exist_ok=True)
        together.write_text("".join(f'#include "{path}"\n' for path in group), encoding="utf-8")
        if subprocess.run(["clang++-19", *command, "-fsyntax-only", together], capture_output=True).returncode != 0:
            return None
        words += ["--checks=-bugprone-suspicious-include", str(together), "--", *command]
    run = subprocess.run(words, capture_output=True, text=True, cwd=tree.root)
    if run.returncode == 0:
        return []
    out = []
    for match in re.finditer(r"^(\S+?):(\d+):\d+: (?:error|warning): (.*)$", run.stdout, re.MULTILINE):
        out.append(Finding(os.path.relpath(match[1], tree.root), int(match[2]), "clang-tidy", match[3]))
    return out or [Finding(group[0], 1, "clang-tidy", run.stdout[-1500:] + run.stderr[-500:])]
