# SPDX-License-Identifier: Apache-2.0
"""What a file is called and what must not stand in it."""
import os
import posixpath
import re

from tree import Finding, is_test, line_of

LICENSE_LINE = "SPDX-License-Identifier: Apache-2.0"
LICENSED = (".hpp", ".cpp", ".py", ".sh", ".cmake", ".mjs", ".js", ".ts", ".css", ".html", ".sql")
LICENSED_NAMES = ("CMakeLists.txt", "run", "test")
VAGUE = {"util", "utils", "common", "manager", "helper", "helpers", "base", "impl", "misc"}
UNFINISHED = re.compile(r"\b(?:TO" r"DO|FIX" r"ME|XX" r"X|HA" r"CK)\b")
SLEEPS = re.compile(r"\b(?:sleep_for|sleep_until|usleep|nanosleep)\b")
HOMES = re.compile(r"(?<![\w.~-])/(?:home/(?!you\b)[a-z_][\w.-]*|ro" r"ot|Users/\w+)/")
STANDARD_FOLDERS = {"bin", "boot", "dev", "etc", "home", "lib", "media", "mnt", "opt", "proc", "root", "run", "sbin",
                    "srv", "sys", "tmp", "usr", "var"}


def check(tree):
    yield from names(tree)
    here = machine_paths(tree.root)
    for path in tree.paths:
        text = tree.text(path)
        if text is None or posixpath.basename(path) in ("LICENSE", "package-lock.json"):
            continue
        yield from license_line(path, text)
        for match in UNFINISHED.finditer(text):
            yield Finding(path, line_of(text, match.start()), "unfinished", f"{match[0]}: finish it, or write an issue")
        for match in here.finditer(text):
            yield Finding(path, line_of(text, match.start()), "machine-path", f"{match[0]} exists on one machine only")
        if path.endswith(".cpp") and is_test(path) and not path.startswith("ashlar/async/"):  # where timers are made
            for match in SLEEPS.finditer(tree.code(path)):
                yield Finding(path, line_of(text, match.start()), "sleep", "a test waits for what it means, not for time")
        if path.endswith(".hpp") and "#pragma once" not in text:
            yield Finding(path, 1, "header", "#pragma once is missing")


def names(tree):
    for path in tree.paths:
        for part in path.split("/"):
            stem = part.split(".")[0].lower()
            for word in re.split(r"[_-]", stem):
                if word in VAGUE:
                    yield Finding(path, 1, "name", f'"{word}" says nothing: name the thing')
        if path.endswith((".hpp", ".cpp")) and not re.fullmatch(r"[a-z0-9_./]+", path):
            yield Finding(path, 1, "name", "files of C++ are snake_case")


def license_line(path, text):
    name = posixpath.basename(path)
    script = text.startswith("#!")
    if "/migrations/" in path:  # checksummed: a changed comment would be a changed migration
        return
    if not (path.endswith(LICENSED) or name in LICENSED_NAMES or script):
        return
    first = text.split("\n", 2)[1 if script or text.lower().startswith("<!doctype") else 0]
    if LICENSE_LINE not in first:
        yield Finding(path, 1, "license", f"the first line says {LICENSE_LINE}")


def machine_paths(root):
    """Homes, and the place of this very tree where that is no standard folder."""
    patterns = [HOMES.pattern]
    top = root.parts[1] if len(root.parts) > 1 else ""
    if top and top not in STANDARD_FOLDERS:
        patterns.append(rf"(?<![\w.~-])/{re.escape(top)}/")
    user = os.environ.get("HOME", "")
    if user.startswith("/home/"):
        patterns.append(re.escape(user) + r"\b")
    return re.compile("|".join(patterns))
