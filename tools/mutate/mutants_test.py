#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Proves which faults are made, and that none is made outside of code."""
import sys
import unittest

sys.dont_write_bytecode = True

import mutate
from mutants import mutants_of


def function(body):
    return "int f(int x) {\n" + body + "\n}\n"


class Mutants(unittest.TestCase):
    def made(self, text):
        return [" ".join(m.apply(text).split()) for m in mutants_of("a.cpp", text)]

    def assert_made(self, body, *expected):
        made = self.made(function(body))
        for text in expected:
            self.assertIn(" ".join(function(text).split()), made)

    def assert_not_made(self, text):
        self.assertEqual(self.made(text), [])

    def test_comparisons(self):
        self.assert_made("return x < y;", "return x <= y;", "return x >= y;")
        self.assert_made("return x == y;", "return x != y;")

    def test_logic_and_arithmetic(self):
        self.assert_made("return a && b;", "return a || b;")
        self.assert_made("return a || b;", "return a && b;")
        self.assert_made("return a + b;", "return a - b;")
        self.assert_made("return !a;", "return a;")

    def test_conditions(self):
        self.assert_made("if (a) g();\nreturn x;", "if (!(a)) g(); return x;")
        self.assert_made("if (const auto a = g(); a) h();\nreturn x;", "if (const auto a = g(); !(a)) h(); return x;")
        self.assert_made("if (const auto a = g()) h();\nreturn x;", "if (const auto a = g(); !a) h(); return x;")
        self.assert_made('if (a == "x (") h();\nreturn x;', 'if (!(a == "x (")) h(); return x;')

    def test_constants(self):
        self.assert_made("return 7;", "return 8;", "return 6;")
        self.assert_made("return 64'000;", "return 64001;")
        self.assert_made("return true;", "return false;")
        self.assertIn("constexpr int limit = 4;", self.made("constexpr int limit = 5;\n"))

    def test_removed(self):
        self.assert_made("g(x);\nreturn x;", "; return x;")
        self.assert_made("y = x;\nreturn y;", "; return y;")
        self.assert_made("if (a) return y;\nreturn x;", "if (a) {} return x;")
        self.assert_made("for (;;) { if (a) break; g(); }\nreturn x;", "for (;;) { if (a) {} g(); } return x;")

    def test_nothing_to_change(self):
        self.assert_not_made(function("// if (a < b) return 1;\nreturn x;"))
        self.assert_not_made(function('return "a < b";'))
        self.assert_not_made(function("static_assert(a < b);\nreturn x;"))
        self.assert_not_made("template <int N = 5>\nstruct X { int a; };\n#define N 5\n")

    def test_lines(self):
        text = function('  return  x < "//";')
        mutant = next(mutants_of("a.cpp", text))
        self.assertEqual(mutant.lines(text), (2, 'return x < "//";', 'return x <= "//";'))


class Equivalent(unittest.TestCase):
    def test_blocks(self):
        text = "// comment\n\na.cpp\n- x < y\n+ x <= y\n# they are never equal\n\nb.cpp\n- a\n+ b\n# c\n"
        self.assertEqual(mutate.read_equivalent(text), {("a.cpp", "x < y", "x <= y"), ("b.cpp", "a", "b")})

    def test_without_a_reason(self):
        for text in ("a.cpp\n- x\n+ y\n# \n", "a.cpp\n- x\n+ y\n", "a.cpp\n+ x\n- y\n# z\n"):
            with self.subTest(text=text), self.assertRaises((SystemExit, ValueError)):
                mutate.read_equivalent(text)


if __name__ == "__main__":
    unittest.main()
