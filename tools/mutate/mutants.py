# SPDX-License-Identifier: Apache-2.0
"""Small faults made in C++ text. Each mutant changes one place of one file, found on the text with comments and literals
blanked out, so that it is a fault of the code. Some do not compile; the caller counts those separately."""
import pathlib
import re
import sys
from typing import NamedTuple

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "tidy"))

import budgets
from tree import blank, line_of


class Mutant(NamedTuple):
    path: str
    begin: int  # offsets in the file's text
    end: int
    replacement: str
    operator: str

    def apply(self, text):
        return text[:self.begin] + self.replacement + text[self.end:]

    def lines(self, text):
        """(number, the lines as they are, the lines as the mutant has them), each joined and without indentation."""
        first, last = text.rfind("\n", 0, self.begin) + 1, text.find("\n", self.end)
        last = len(text) if last < 0 else last
        before = text[first:last]
        after = text[first:self.begin] + self.replacement + text[self.end:last]
        return line_of(text, self.begin), " ".join(before.split()), " ".join(after.split())


# Operators between blanks: clang-format sets brackets of templates and references without.
SWAPS = {" < ": (" <= ", " >= "), " <= ": (" < ", " > "), " > ": (" >= ", " <= "), " >= ": (" > ", " < "),
         " == ": (" != ",), " != ": (" == ",), " && ": (" || ",), " || ": (" && ",),
         " + ": (" - ",), " - ": (" + ",), " += ": (" -= ",), " -= ": (" += ",)}
COMPARISON = (" < ", " <= ", " > ", " >= ", " == ", " != ")
SWAP = re.compile("|".join(re.escape(s) for s in sorted(SWAPS, key=len, reverse=True)))
CONDITION = re.compile(r"\b(if|while) \(")
NUMBER = re.compile(r"(?<![\w.'])(\d[\d']*)(?![\w.'])")
BOOLEAN = re.compile(r"\b(true|false)\b")
NEGATION = re.compile(r"(?<![\w)\]=])!(?=[\w(:])")
EXIT = re.compile(r"(?<=[;{})\n ])((?:co_)?return\b[^;{}]*|continue|break|co_await [^;{}=]*);")
STATEMENT = re.compile(r"(?<=[;{}])(\s*(?://[^\n]*\n\s*)*)((?:\+\+|--|\*|\(void\))?[A-Za-z_][\w.:>\-\[\]]*(?:\(|(?: [+\-*/|&^]?= ))[^;{}]*;)")
NOT_STATEMENTS = ("return", "co_return", "co_await", "using", "static_assert", "assert", "if", "for", "while", "switch",
                  "else", "case", "throw", "template", "namespace", "enum", "struct", "class", "friend", "typedef",
                  "static", "const", "constexpr", "auto", "ASSERT")
SKIPPED = re.compile(r"\b(static_assert|assert|template|operator|#\s*\w+)\b|^\s*#")


def closing(code, at):
    """The offset of the parenthesis that closes the one at `at`."""
    depth = 0
    for i in range(at, len(code)):
        depth += (code[i] == "(") - (code[i] == ")")
        if depth == 0:
            return i
    return len(code) - 1


def top_level(text, pattern):
    """The offset behind the last match of a pattern outside of all brackets; 0 when there is none."""
    depth, found = 0, 0
    for i, c in enumerate(text):
        depth += (c in "([{") - (c in ")]}")
        if depth == 0 and text.startswith(pattern, i):
            found = i + len(pattern)
    return found


def body_spans(code):
    """Offsets of the lines of every function of the file."""
    starts = [0]
    for match in re.finditer("\n", code):
        starts.append(match.end())
    starts.append(len(code))
    return [(starts[line - 1], starts[min(line - 1 + length, len(starts) - 1)]) for line, length in budgets.functions(code)]


def negated(text):
    """A condition that holds when this one does not; None when it has no such form."""
    if text.startswith("constexpr"):
        return None
    kept = top_level(text, "; ")
    init, condition = text[:kept], text[kept:]
    declared = re.match(r"\s*(?:const )?(?:auto|[\w:<>]+)[&* ]+(\w+) = ", condition)
    if declared and not kept:
        return f"{condition}; !{declared[1]}"
    return None if declared else f"{init}!({condition.strip()})"


def candidates(path, code):
    """Every mutant of the code, wherever it is."""
    for match in SWAP.finditer(code):
        for replacement in SWAPS[match[0]]:
            kind = "comparison" if match[0] in COMPARISON else "logic" if match[0] in (" && ", " || ") else "arithmetic"
            yield Mutant(path, match.start(), match.end(), replacement, kind)
    for match in CONDITION.finditer(code):
        end = closing(code, match.end() - 1)
        replacement = negated(code[match.end():end])
        if replacement and match[1] == "if":
            yield Mutant(path, match.end(), end, replacement, "negated condition")
    for match in NUMBER.finditer(code):
        number = int(match[1].replace("'", ""))
        for changed in (number + 1, number - 1):
            if changed >= 0:
                yield Mutant(path, match.start(), match.end(), str(changed), "constant")
    for match in BOOLEAN.finditer(code):
        yield Mutant(path, match.start(), match.end(), {"true": "false", "false": "true"}[match[1]], "constant")
    for match in NEGATION.finditer(code):
        yield Mutant(path, match.start(), match.end(), "", "removed negation")
    for match in EXIT.finditer(code):
        yield Mutant(path, match.start(1), match.end(), "{}", "removed exit")
    for match in STATEMENT.finditer(code):
        if re.match(r"\w*", match[2])[0] not in NOT_STATEMENTS:
            yield Mutant(path, match.start(2), match.end(2), ";", "removed statement")


def is_last_in_function(code, span, mutant):
    """Whether nothing of the function follows: its value would be missing, which is no fault that a test could see."""
    return code[mutant.end:span[1]].strip() in ("}", "};")


def mutants_of(path, text):
    """The mutants of a file: those in functions, and the constants of its constexpr variables."""
    code = blank(text)
    spans = body_spans(code)
    seen = set()
    for mutant in candidates(path, code):
        first = code.rfind("\n", 0, mutant.begin) + 1
        line = code[first:code.find("\n", mutant.begin)]
        span = next((s for s in spans if s[0] <= mutant.begin < s[1]), None)
        named_constant = mutant.operator == "constant" and re.match(r"\s*(static |inline )*constexpr [^(){]* = ", line)
        if SKIPPED.search(line) or (span is None and not named_constant):
            continue
        if mutant.operator == "removed exit" and is_last_in_function(code, span, mutant):
            continue
        # The mutant is made on the text with its literals.
        made = mutant if mutant.operator != "negated condition" else mutant._replace(
            replacement=negated(text[mutant.begin:mutant.end]) or "")
        if made.replacement != text[made.begin:made.end] and made not in seen:
            seen.add(made)
            yield made
