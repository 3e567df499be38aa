#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Holds the tree to its own rules (CONTRIBUTING.md). Exit code 1 when it breaks one.

Without arguments: every rule that needs no compiler (seconds). `alone`, `format` and `clang-tidy` are run by name.
"""
import argparse
import pathlib
import sys

sys.dont_write_bytecode = True

import budgets
import compiled
import errors
import layers
import one_way
import pages
import phrases
import security
import wording
from tree import Tree

TEXT = {"layers": layers.check, "budgets": budgets.check, "wording": wording.check, "phrases": phrases.check,
        "errors": errors.check, "one-way": one_way.check, "pages": pages.check, "security": security.check}
COMPILED = {"alone": compiled.alone, "format": compiled.format_, "clang-tidy": compiled.clang_tidy}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", action="append", choices=[*TEXT, *COMPILED], help="this rule (repeatable)")
    parser.add_argument("--write-limits", action="store_true", help=f"write {pages.LIMITS} from the headers")
    parser.add_argument("--root", default=pathlib.Path(__file__).resolve().parents[2])
    arguments = parser.parse_args()

    tree = Tree(arguments.root)
    if arguments.write_limits:
        page = tree.root / pages.LIMITS
        page.parent.mkdir(parents=True, exist_ok=True)
        page.write_text(pages.limits_page(tree), encoding="utf-8")
        return 0
    found = 0
    for name in arguments.only or TEXT:
        for finding in (TEXT | COMPILED)[name](tree):
            print(finding, flush=True)
            found += 1
    if not arguments.only:
        for finding in budgets.advice(tree):
            print(f"{finding} (advice)")
    print(f"tidy: {found} findings in {len(tree.paths)} files" if found else f"tidy: {len(tree.paths)} files are in order")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
