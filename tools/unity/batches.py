#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""usage: tools/unity/batches.py ROOT FILE...   Prints `<batch> <file>` for each source, for CMake's unity builds.

Files of one batch become one translation unit, so no two of them may give a name internal linkage (an unnamed
namespace, `static`) that the other one declares, too: the second definition would not compile. This tool reads those
names and puts such files into different batches. A file that it cannot place alone gets a batch of its own. Files of
one folder stay together, since they include the same headers.
"""
import pathlib
import re
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "tidy"))

from tree import blank

INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]+"([^"]+)"', re.MULTILINE)
BATCH_BYTES = 60_000  # what a batch may hold: larger ones save little and leave a core idle at the end of a build
DIRECTIVE = re.compile(r"^[ \t]*#(?:[^\n\\]|\\.|\\\n)*", re.MULTILINE)
TOKEN = re.compile(r"[A-Za-z_]\w*|::|\S")
UNQUALIFIED = re.compile(r"(?<![\w.:>])(?<!namespace )[A-Za-z_]\w*|(?<=[^-]>)[A-Za-z_]\w*")
WORD = re.compile(r"[A-Za-z_]\w*$")
TYPES = ("class", "struct", "union", "enum", "concept")
NOT_A_NAME = ("decltype", "alignas", "noexcept", "requires", "explicit", "static_assert")
MACRO = re.compile(r"[A-Z][A-Z0-9_]+$")  # what a macro declares is named for its arguments: TEST, ASHLAR_DESCRIBE


def after(tokens, at, opening, closing):
    """The position behind the bracket that closes the one at `at`."""
    depth = 0
    while at < len(tokens):
        depth += (tokens[at] == opening) - (tokens[at] == closing)
        at += 1
        if depth == 0:
            break
    return at


def statements(tokens):
    """(statement, enclosing namespaces) for each statement at namespace scope; what is in brackets is one token. An
    unnamed namespace is called "". A namespace is a statement, too."""
    scopes, statement, at = [], [], 0
    while at < len(tokens):
        token = tokens[at]
        if token == "{" and "namespace" in statement[:2]:
            yield statement, scopes
            named = statement[statement.index("namespace") + 1:]
            scopes = [*scopes, "".join(named)]
            statement, at = [], at + 1
        elif token == "{":
            at = after(tokens, at, "{", "}")
            own = without_prefixes(statement)
            if not own or "()" in own and "=" not in own and own[0] not in TYPES:  # a function's body ends it
                yield statement, scopes
                statement = []
            else:
                statement.append("{}")
        elif token == "}":
            scopes = scopes[:-1]
            statement, at = [], at + 1
        elif token == ";":
            yield statement, scopes
            statement, at = [], at + 1
        elif token in "([":
            at = after(tokens, at, token, ")" if token == "(" else "]")
            statement.append("()" if token == "(" else "[]")
        else:
            statement.append(token)
            at += 1


def without_prefixes(statement):
    """The statement behind calls of macros that need no semicolon, and behind template parameters."""
    while len(statement) > 1 and MACRO.match(statement[0]) and statement[1] == "()":
        statement = statement[2:]
    while statement and statement[0] == "template":
        depth = 0
        for at, token in enumerate(statement):
            depth += (token == "<") - (token == ">")
            if token == ">" and depth == 0:
                break
        statement = statement[at + 1:]
    return statement


def name_of(statement):
    """What a statement declares, and whether a second such statement is an error; None for nothing of the kind."""
    statement = without_prefixes(statement)
    if not statement:
        return None
    words = [t for t in statement if WORD.match(t)]
    if statement[0] == "using":
        if "namespace" in statement[:2] or not words[1:]:
            return None
        return (words[1], True) if "=" in statement else (words[-1], False)
    if statement[0] in TYPES:
        named = [t for t in words if t not in TYPES and t != "final"]
        return (named[0], True) if named else None
    depth = 0
    end = statement.index("=") if "=" in statement else len(statement)
    for at, token in enumerate(statement[:end]):
        depth += (token == "<") - (token == ">")
        if token == "()" and at > 0 and depth == 0 and WORD.match(statement[at - 1]):
            name = statement[at - 1]
            if name in NOT_A_NAME:
                continue
            return None if at > 1 and statement[at - 2] == "::" else (name, True)
    words = [t for t in statement[:end] if WORD.match(t)]
    return (words[-1], True) if words and words[0] not in NOT_A_NAME else None


class Names:
    """What a text declares at namespace scope, as (namespace, name): `internal` has internal linkage, `used` comes from
    using-declarations, `shared` is all else, namespaces too. `scopes` are the namespaces that it has code in, and
    `mentioned` are the words that it writes without naming their namespace."""
    def __init__(self, text):
        self.internal, self.used, self.shared, self.scopes = set(), set(), set(), set()
        code = DIRECTIVE.sub("", blank(text))
        self.mentioned = set(UNQUALIFIED.findall(code))
        for statement, namespaces in statements(TOKEN.findall(code)):
            scope = "::".join(n for n in namespaces if n)
            self.scopes.add(scope)
            if "namespace" in statement[:2] and "=" not in statement and "using" not in statement:
                for part in (t for t in statement if WORD.match(t) and t not in ("inline", "namespace")):
                    self.shared.add((scope, part))
                    scope = f"{scope}::{part}" if scope else part
                continue
            name, is_definition = name_of(statement) or (None, False)
            if name is None:
                continue
            if not is_definition:
                self.used.add((scope, name))
            elif "" in namespaces or "static" in statement:
                self.internal.add((scope, name))
            else:
                self.shared.add((scope, name))


class Source:
    """A source with what its headers declare. `read` gives the text of a path below the root, None if it is no file."""
    def __init__(self, file, read, names_of):
        self.file = file
        self.bytes = len(read(file))
        own = names_of(file)
        self.internal, self.used = own.internal, own.used
        self.visible, self.scopes, self.mentioned = set(own.shared), set(own.scopes), set(own.mentioned)
        seen, open_ = {file}, [file]
        while open_:
            for path in INCLUDE.findall(read(open_.pop())):
                if path not in seen and read(path) is not None:
                    seen.add(path)
                    open_.append(path)
                    self.visible |= names_of(path).shared
                    self.scopes |= names_of(path).scopes
                    self.mentioned |= names_of(path).mentioned
        self.meant = {}  # name: the namespaces that have it
        for scope, name in self.visible | self.internal:
            self.meant.setdefault(name, set()).add(scope)

    def clashes(self, other):
        return bool(self.internal & (other.internal | other.used) or self.used & other.internal
                    or self.changes(other) or other.changes(self))

    def changes(self, other):
        """Whether a name of this one, unknown to the other, makes one that the other means ambiguous or hides it."""
        for scope, name in self.internal - self.visible | self.visible - other.visible - other.internal:
            if name not in other.mentioned:
                continue
            for meant in other.meant.get(name, ()):
                if meant == scope:
                    if (scope, name) in self.internal or (scope, name) in other.internal:
                        return True
                elif is_within(scope, meant) and any(is_within(s, scope) for s in other.scopes):
                    return True
        return False


def is_within(scope, outer):
    return outer == "" or scope == outer or scope.startswith(outer + "::")


def batches_of(files, read):
    """The files in batches, as lists. `read` gives the text of a file, None when there is none."""
    kept = {}

    def names_of(path):
        if path not in kept:
            kept[path] = Names(read(path))
        return kept[path]

    batches = []
    for source in (Source(file, read, names_of) for file in sorted(files)):
        for batch in batches:
            if (sum(s.bytes for s in batch) + source.bytes <= BATCH_BYTES
                    and not any(source.clashes(s) for s in batch)):
                batch.append(source)
                break
        else:
            batches.append([source])
    return [[source.file for source in batch] for batch in batches]


def reader(root):
    kept = {}

    def read(path):
        if path not in kept:
            file = root / path
            kept[path] = file.read_text(encoding="utf-8") if file.is_file() else None
        return kept[path]
    return read


def main():
    root = pathlib.Path(sys.argv[1])
    for number, batch in enumerate(batches_of(sys.argv[2:], reader(root))):
        for file in batch:
            print(number, file)


if __name__ == "__main__":
    main()
