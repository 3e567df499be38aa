# SPDX-License-Identifier: Apache-2.0
"""How long a header, a source and a function may be."""
import re

from tree import Finding, is_test, line_of

HEADER_LINES_MAX = 200
SOURCE_LINES_ADVISED = 400
SOURCE_LINES_MAX = 600
FUNCTION_LINES_MAX = 70
SCOPE = re.compile(r"^\s*(?:inline\s+)?(?:namespace|extern)\b"
                   r"|\b(?:class|struct|union|enum)\s[^(){};=]*$")


def check(tree):
    for path in tree.cpp():
        lines = tree.text(path).count("\n")
        if path.endswith(".hpp") and lines > HEADER_LINES_MAX:
            yield Finding(path, 1, "budget", f"a header of {lines} lines; at most {HEADER_LINES_MAX}")
        if path.endswith(".cpp") and lines > SOURCE_LINES_MAX:
            yield Finding(path, 1, "budget", f"a source of {lines} lines; at most {SOURCE_LINES_MAX}")
        for line, length in functions(tree.code(path)):
            if length > FUNCTION_LINES_MAX:
                yield Finding(path, line, "budget", f"a function of {length} lines; at most {FUNCTION_LINES_MAX}")


def advice(tree):
    """What is not wrong yet."""
    for path in tree.cpp():
        lines = tree.text(path).count("\n")
        if path.endswith(".cpp") and not is_test(path) and SOURCE_LINES_ADVISED < lines <= SOURCE_LINES_MAX:
            yield Finding(path, 1, "budget", f"a source of {lines} lines; {SOURCE_LINES_ADVISED} read better")


def functions(code):
    """(line, length) of every outermost block that is no namespace and no type, from its head to its closing brace."""
    code = re.sub(r"^[ \t]*#(?:[^\n]*\\\n)*[^\n]*", lambda m: re.sub(r"[^\n]", " ", m[0]), code, flags=re.MULTILINE)
    head_from = 0
    stack = []  # True: a scope that holds declarations
    opened_at = None
    for match in re.finditer(r"[{};]", code):
        at, sign = match.start(), match[0]
        inside = bool(stack) and not stack[-1]
        if sign == "{":
            head = without_labels(code[head_from:at])
            scope = not inside and holds_declarations(head)
            if not inside and not scope:
                opened_at = head_from + len(head) - len(head.lstrip()) if ")" in head else None
            stack.append(scope)
        elif sign == "}" and stack:
            was_scope = stack.pop()
            if not was_scope and (not stack or stack[-1]) and opened_at is not None:
                first, last = line_of(code, opened_at), line_of(code, at)
                yield first, last - first + 1
        if not stack or stack[-1]:
            head_from = at + 1


def holds_declarations(head):
    """Whether the block after this head is a namespace or a type."""
    return bool(SCOPE.search(re.sub(r"template\s*<[^{}]*>", " ", head)))


def without_labels(head):
    """Access labels and attributes blanked out; places stay."""
    return re.sub(r"\b(?:public|private|protected)\s*:(?!:)|\[\[.*?\]\]", lambda m: re.sub(r"[^\n]", " ", m[0]), head)
