#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Writes the common passwords of zxcvbn's frequency lists as C++: embed_frequent_passwords.py LISTS OUTPUT

Kept are those of eight or more printable ASCII characters: shorter ones are refused for their length. They are sorted
by their bytes, one a line, in string literals that compilers must accept (65,536 characters)."""
import runpy
import sys

LENGTH_MIN = 8
COUNT_MIN = 3000
LITERAL_BYTES_MAX = 60_000


def main():
    lists, output = sys.argv[1:]
    words = runpy.run_path(lists)["FREQUENCY_LISTS"]["passwords"]
    kept = sorted({w.lower() for w in words if len(w) >= LENGTH_MIN and w.isascii() and w.isprintable()})
    if len(kept) < COUNT_MIN:
        sys.exit(f"{lists}: {len(kept)} passwords of {LENGTH_MIN} or more characters; at least {COUNT_MIN} are expected")
    blocks, size = [[]], 0
    for word in kept:
        if size + len(word) + 1 > LITERAL_BYTES_MAX:
            blocks.append([])
            size = 0
        blocks[-1].append(word)
        size += len(word) + 1
    with open(output, "w", encoding="ascii") as out:
        out.write('// Made by cmake/embed_frequent_passwords.py.\n#include "ashlar/auth/detail/frequent_password_blocks.hpp"\n\n'
                  "namespace ashlar::auth::detail {\n\n"
                  "std::span<const std::string_view> frequent_password_blocks() {\n"
                  "  static constexpr std::string_view blocks[] = {\n")
        for block in blocks:
            for word in block:
                escaped = word.replace("\\", "\\\\").replace('"', '\\"').replace("?", "\\?")
                out.write(f'      "{escaped}\\n"\n')
            out.write("      ,\n")
        out.write("  };\n  return blocks;\n}\n\n}  // namespace ashlar::auth::detail\n")


if __name__ == "__main__":
    main()
