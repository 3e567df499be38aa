# SPDX-License-Identifier: Apache-2.0
"""Every error code and every fault code is declared once and documented in docs/errors.md with its status; nothing
is documented that does not exist."""
import re

from tree import Finding, blank, is_test, line_of

PAGE = "docs/errors.md"
KINDS = "ashlar/core/error.hpp"
DECLARED = re.compile(r'\bErrorCode\s+\w+\s*\{\s*(?:::)?(?:ashlar::)?ErrorKind::(\w+)\s*,\s*"([^"]+)"\s*\}'
                      r"(?:;[ \t]*//[ \t]*(\d{3}|none)\b)?")  # a comment that begins with a status says so itself
ANY = re.compile(r'ErrorKind::\w+\s*,\s*"([^"]+)"')
# Violation{"code", ...}, .fault("member", "code", ...), Fault{path, "code", ...}
FAULTS = (re.compile(r'\bViolation\s*[({]\s*"(\w+)"'),
          re.compile(r'\bfault\(\s*[^,;"]*(?:"[^"]*")?\s*,\s*"(\w+)"\s*,'),
          re.compile(r'\bFault\s*[({]\s*[^;{}]*?,\s*"(\w+)"\s*,'))
FAULT_TABLE = re.compile(r'\bstd::string_view\s+\w+\s*=\s*"(\w+)"')  # in fault_codes.hpp
ROW = re.compile(r"^\|\s*`([^`]+)`\s*\|\s*(\d{3}|-)\s*\|", re.MULTILINE)
FAULT_ROW = re.compile(r"^\|\s*`(\w+)`\s*\|\s*[^\d\s|-]", re.MULTILINE)


def statuses(text):
    return {m[1]: m[2] for m in re.finditer(r"^\s*(\w+),\s*//.*HTTP (\d{3})", text, re.MULTILINE)}


def declared(tree):
    """code -> [(path, line, kind, status or None)], faults -> (path, line); from everything but tests."""
    codes, faults, strays = {}, {}, []
    for path in tree.cpp():
        if is_test(path) or not path.startswith(("ashlar/", "backend/", "cli/")):
            continue
        text, whole = blank(tree.text(path), keep_literals=True), tree.text(path)
        spans = []
        for match in DECLARED.finditer(whole):
            if not text[match.start():match.end()].startswith("ErrorCode"):
                continue  # in a comment
            codes.setdefault(match[2], []).append((path, line_of(text, match.start()), match[1], match[3]))
            spans.append(match.span())
        for match in ANY.finditer(text):
            if not any(a <= match.start() < b for a, b in spans):
                strays.append(Finding(path, line_of(text, match.start()), "errors",
                                      f'"{match[1]}" has no name: declare `inline constexpr ErrorCode x{{...}}`'))
        for pattern in (FAULT_TABLE,) if path.endswith("/fault_codes.hpp") else FAULTS:
            for match in pattern.finditer(text):
                faults.setdefault(match[1], (path, line_of(text, match.start())))
    return codes, faults, strays


def check(tree):
    if not tree.has(KINDS):
        return
    codes, faults, strays = declared(tree)
    yield from strays
    status_of = statuses(tree.text(KINDS))
    page = tree.text(PAGE) if tree.has(PAGE) else ""
    rows = {m[1]: (line_of(page, m.start()), m[2]) for m in ROW.finditer(page)}
    seen = set()
    for match in ROW.finditer(page):
        if match[1] in seen:
            yield Finding(PAGE, line_of(page, match.start()), "errors", f'"{match[1]}" has a row already')
        seen.add(match[1])
    fault_rows = {m[1]: line_of(page, m.start()) for m in FAULT_ROW.finditer(page)}

    for code, places in sorted(codes.items()):
        path, line, kind, own_status = places[0]
        status = {"none": "-"}.get(own_status, own_status) or status_of.get(kind)
        for other, other_line, *_ in places[1:]:
            yield Finding(other, other_line, "errors", f'"{code}" is declared in {path}, too')
        if code not in rows:
            yield Finding(path, line, "errors", f'"{code}" is not in {PAGE}')
        elif rows[code][1] != status:
            yield Finding(PAGE, rows[code][0], "errors", f'"{code}" is {kind}: status {status}')
    for code, (line, _) in rows.items():
        if code not in codes:
            yield Finding(PAGE, line, "errors", f'"{code}" exists nowhere in the code')
    for code, (path, line) in sorted(faults.items()):
        if code not in fault_rows:
            yield Finding(path, line, "errors", f'the fault "{code}" is not in {PAGE}')
    for code, line in fault_rows.items():
        if code not in faults:
            yield Finding(PAGE, line, "errors", f'the fault "{code}" exists nowhere in the code')
