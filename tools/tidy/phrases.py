# SPDX-License-Identifier: Apache-2.0
"""Phrases that hide what is meant from readers whose first language is not English, and what to write instead."""
import posixpath
import re

from tree import Finding, line_of

# The words of an entry may be separated by the end of a line, and by the marks of a comment's next line.
INSTEAD = {
    "in times of": "during",
    "in the midst": "during, or in the middle",
    "gone through": "visited, read or checked",
    "mend|mends|mended|mending": "repair",
    "he|him|his": "the person's role, or they",
    "wall's": "the wall clock's",
    "hear of|hears of|heard of": "is notified of, or receives",
    "is told of|are told of|was told of|were told of": "is notified of, or receives",
    "have it happen": "cause it",
    "what is what": "name the things",
    "whatever comes": "name the cases",
    "whoever it is": "name the caller",
    "whence|whither|thence": "from where, or to where",
    "lest": "so that ... not",
    "thereof|whereof|therein|wherein|hereby|forthwith|hitherto|henceforth": "a plain word",
    "by turns": "alternately",
    "whoever|whosever|whomever": "name the caller, or \"anyone who\"",
    "nobody's": "name the case: of an unknown account, without an owner",
    "on the way who": "an attacker on the network",
    "is told to|are told to|was told to": "is set to, must, or until a condition holds",
    "that is none|that are none|which is none|is none of its|are none of them": "say which rule it breaks: malformed, unknown, not allowed",
    "a face|faces": "an interface, or a form",
    "must not be there": "must be absent",
    "stand still|stands still|stood still": "is paused, or blocks",
    "is away|are away|was away|went away": "is unavailable",
    "made anew|begins anew|began anew": "again: created again, restarts",
    "handed over|handed in|handed out|handed back": "passed, given, returned",
    "no business of|none of its business": "not its responsibility",
    "in its stead|for want of|save for": "instead of it, without, except for",
    "of no one|for nobody|of nobody in": "say anonymous, or without a caller",
}
SPACE = r"\s+(?:(?://|#|--|\*|>)[^\S\n]*)?"
# Each with the longest words of its phrases: a file without any of them is not searched.
REFUSED = [([max(phrase.split(), key=len) for phrase in phrases.split("|")],
            re.compile(rf"(?<![\w'-])(?:{phrases.replace(' ', SPACE)})(?![\w'-])"), instead)
           for phrases, instead in INSTEAD.items()]


def check(tree):
    for path in tree.paths:
        text = tree.text(path)
        if text is None or posixpath.basename(path) in ("LICENSE", "package-lock.json"):
            continue
        if path.startswith("tools/tidy/") or "/migrations/" in path:  # this list; checksummed
            continue
        text = text.lower()
        for words, pattern, instead in REFUSED:
            if not any(word in text for word in words):
                continue
            for match in pattern.finditer(text):
                phrase = re.sub(SPACE, " ", match[0])
                yield Finding(path, line_of(text, match.start()), "phrase", f'"{phrase}": write {instead}')
