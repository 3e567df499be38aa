# SPDX-License-Identifier: Apache-2.0
"""The files that git knows or would take, read once, and C++ text with comments and literals blanked out."""
import pathlib
import re
import subprocess
from typing import NamedTuple


class Finding(NamedTuple):
    path: str
    line: int
    rule: str
    message: str

    def __str__(self):
        return f"{self.path}:{self.line}: {self.rule}: {self.message}"


TOKEN = re.compile(
    r'//[^\n]*|/\*.*?\*/|R"([^()\\\s]{0,16})\(.*?\)\1"|"(?:\\.|[^"\\\n])*"|(?<![0-9a-zA-Z_])\'(?:\\.|[^\'\\\n])+\'',
    re.DOTALL)


def blank(text, keep_literals=False):
    """Comments, and literals too unless they are kept, replaced by blanks; lines and columns stay where they are."""
    def replace(match):
        token = match[0]
        if keep_literals and token[0] != "/":
            return token
        return re.sub(r"[^\n]", " ", token)
    return TOKEN.sub(replace, text)


class Tree:
    def __init__(self, root, paths=None):
        self.root = pathlib.Path(root).resolve()
        if paths is None:
            listed = subprocess.run(["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
                                    cwd=self.root, check=True, capture_output=True, text=True).stdout
            paths = sorted({p for p in listed.split("\0") if p and (self.root / p).is_file()})
        self.paths = paths
        self._text = {}
        self._code = {}

    def text(self, path):
        """A file's text; None when it is binary."""
        if path not in self._text:
            try:
                self._text[path] = (self.root / path).read_text(encoding="utf-8")
            except UnicodeDecodeError:
                self._text[path] = None
        return self._text[path]

    def code(self, path):
        if path not in self._code:
            self._code[path] = blank(self.text(path))
        return self._code[path]

    def cpp(self):
        return [p for p in self.paths if p.endswith((".hpp", ".cpp"))]

    def headers(self):
        return [p for p in self.paths if p.endswith(".hpp")]

    def has(self, path):
        return path in self.paths


def line_of(text, offset):
    return text.count("\n", 0, offset) + 1


def is_test(path):
    return path.endswith("_test.cpp") or path.startswith("tests/") or "/conformance/" in path
