# SPDX-License-Identifier: Apache-2.0
"""docs/security.md has a row for every requirement of ASVS 5.0, chapters 6 to 10. Every test that it names exists, and a
row without a test says why."""
import re

from tree import Finding, is_test, line_of

PAGE = "docs/security.md"
# How many requirements each section of the standard has.
SECTIONS = {"6.1": 3, "6.2": 12, "6.3": 8, "6.4": 6, "6.5": 8, "6.6": 4, "6.7": 2, "6.8": 4,
            "7.1": 3, "7.2": 4, "7.3": 2, "7.4": 5, "7.5": 3, "7.6": 2,
            "8.1": 4, "8.2": 4, "8.3": 3, "8.4": 2,
            "9.1": 3, "9.2": 4,
            "10.1": 2, "10.2": 3, "10.3": 5, "10.4": 16, "10.5": 5, "10.6": 2, "10.7": 3}
ROW = re.compile(r"^\|\s*(\d+\.\d+\.\d+)\s*\|\s*([123])\s*\|(.*)\|(.*)\|\s*$", re.MULTILINE)
NAMED = re.compile(r"`([^`]*)`")
TEST = re.compile(r"^TEST(?:_F|_P)?\(\s*(\w+)\s*,\s*(\w+)\s*\)", re.MULTILINE)
REASONS = ("not met", "not applicable", "documentation")


def tests(tree):
    return {f"{m[1]}.{m[2]}" for path in tree.cpp() if is_test(path) for m in TEST.finditer(tree.text(path))}


def check(tree):
    if not tree.has(PAGE):
        return
    page, known, rows = tree.text(PAGE), tests(tree), set()
    for match in ROW.finditer(page):
        row, line = match[1], line_of(page, match.start())
        if row in rows:
            yield Finding(PAGE, line, "security", f"{row} has a row already")
        rows.add(row)
        named = NAMED.findall(match[4])
        for test in named:
            if test not in known:
                yield Finding(PAGE, line, "security", f"{row}: there is no test {test}")
        if not named and not any(reason in match[3].lower() for reason in REASONS):
            yield Finding(PAGE, line, "security", f"{row} has neither a test nor a reason ({', '.join(REASONS)})")
    wanted = {f"{section}.{i}" for section, count in SECTIONS.items() for i in range(1, count + 1)}
    for row in sorted(wanted - rows):
        yield Finding(PAGE, 1, "security", f"{row} has no row")
    for row in sorted(rows - wanted):
        yield Finding(PAGE, 1, "security", f"{row} is no requirement of the standard")
