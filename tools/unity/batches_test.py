#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Proves that files whose names clash come into different batches, and that all others share one."""
import sys
import unittest

sys.dont_write_bytecode = True

import batches


def source(body, includes=(), namespace="ashlar::web"):
    lines = [f'#include "{path}"' for path in includes]
    return "\n".join([*lines, f"namespace {namespace} {{", body, "}", ""])


def unnamed(body):
    return f"namespace {{\n{body}\n}}"


class Batches(unittest.TestCase):
    def batches(self, **files):
        tree = {name.replace("__", "/").replace("_hpp", ".hpp").replace("_cpp", ".cpp"): text
                for name, text in files.items()}
        return batches.batches_of([f for f in tree if f.endswith(".cpp")], tree.get)

    def assert_apart(self, **files):
        self.assertEqual(self.batches(**files), [["a.cpp"], ["b.cpp"]])

    def assert_together(self, **files):
        self.assertEqual(self.batches(**files), [["a.cpp", "b.cpp"]])

    def test_two_definitions_in_unnamed_namespaces(self):
        for body in ("int text_of(int x) { return x; }", "constexpr int text_of = 1;", "struct text_of { int x; };",
                     "template <class T> T text_of(T x) { return x; }", "enum class text_of { one };",
                     "using text_of = int;", "std::vector<std::pair<int, int>> text_of() { return {}; }",
                     "ASHLAR_DESCRIBE(X, x)\nstruct text_of : public Y { int x; };", "class text_of;"):
            with self.subTest(body=body):
                self.assert_apart(a_cpp=source(unnamed(body)), b_cpp=source(unnamed("bool text_of(char c) { return c; }")))

    def test_static_functions(self):
        self.assert_apart(a_cpp=source("static int f() { return 1; }"), b_cpp=source("static int f() { return 2; }"))

    def test_a_definition_and_a_using_declaration(self):
        self.assert_apart(a_cpp=source(unnamed("using test::Thing;")), b_cpp=source(unnamed("struct Thing {};")))

    def test_a_private_name_that_the_other_file_knows_from_a_header(self):
        self.assert_apart(a_cpp=source(unnamed("class Parameters {};")), b_cpp=source("Parameters p;", ["p.hpp"]),
                          p_hpp=source("class Parameters {};"))

    def test_a_name_that_hides_one_of_an_outer_namespace(self):
        inner = source("namespace errors { int late; }", namespace="ashlar::sql::sqlite")
        outer = source("namespace errors { int failed; }", namespace="ashlar::sql")
        self.assert_apart(a_cpp=source("int f();", ["i.hpp", "o.hpp"], "ashlar::sql::sqlite"),
                          b_cpp=source("int g() { return errors::failed; }", ["o.hpp"], "ashlar::sql::sqlite"),
                          i_hpp=inner, o_hpp=outer)

    def test_too_large_for_one_batch(self):
        filler = "// " + "x" * batches.BATCH_BYTES
        self.assert_apart(a_cpp=filler, b_cpp=filler)

    def test_other_names(self):
        self.assert_together(a_cpp=source(unnamed("int f() { int g = 1; return g; }")),
                             b_cpp=source(unnamed("int g() { return 1; }")))

    def test_equal_names_that_do_not_meet(self):
        for body in ("using ::testing::HasSubstr;", "// int f();", "TEST(Suite, f) { int f = 1; }"):
            with self.subTest(body=body):
                self.assert_together(a_cpp=source(unnamed(body)), b_cpp=source(unnamed(body)))
        self.assert_together(a_cpp=source(unnamed("int f() { return 1; }"), namespace="ashlar::web"),
                             b_cpp=source(unnamed("int f() { return 1; }"), namespace="ashlar::http"))
        self.assert_together(a_cpp=source("struct X { int size() { return 1; } };"),
                             b_cpp=source("struct Y { int size() { return 1; } };"))

    def test_a_private_name_that_its_own_file_knows_too(self):
        self.assert_together(a_cpp=source(unnamed("class Case {};"), ["c.hpp"], "ashlar::web"),
                             b_cpp=source("int f(Case);", ["c.hpp"], "ashlar::sql"),
                             c_hpp=source("class Case {};", namespace="ashlar::sql"))

    def test_every_file_is_in_one_batch(self):
        files = {f"f{i}_cpp": source(unnamed(f"int f{i % 3}() {{ return 1; }}")) for i in range(30)}
        placed = [file for batch in self.batches(**files) for file in batch]
        self.assertEqual(sorted(placed), sorted(f"f{i}.cpp" for i in range(30)))


if __name__ == "__main__":
    unittest.main()
