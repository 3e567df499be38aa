# SPDX-License-Identifier: Apache-2.0
"""Operations run through api::Api::invoke() only: no other file calls Operation::call or try_call."""
import re

from tree import Finding, line_of

CALL = re.compile(r"\boperation\w*\s*(?:->|\.)\s*(?:try_)?call\s*\(")
ALLOWED = {"ashlar/api/api.cpp"}


def check(tree):
    for path in tree.cpp():
        if path in ALLOWED:
            continue
        text = tree.text(path)
        for match in CALL.finditer(text):
            yield Finding(path, line_of(text, match.start()), "one-way", "only api::Api::invoke() calls an operation")
