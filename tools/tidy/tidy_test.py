#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Proves that every rule of tidy fires on what it is against, and is silent on what is fine."""
import pathlib
import sys
import tempfile
import unittest

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
from tree import Tree, blank

SPDX = "// SPDX-License-Identifier: Apache-2.0\n"
HEADER = SPDX + "#pragma once\n"
ARCHITECTURE = """
| module | may include |
| --- | --- |
| core | nothing of ours |
| log, schema, async | core |
| http | core, async |
| web | core, async, schema, http |
| backend | everything below |

| feature of the backend | may include, of the features |
| --- | --- |
| backend/users, backend/products | none |
| backend/auth | backend/users |
"""
ENDPOINT = HEADER + "Task<Result<User>> me(api::UserCall& call,\n                      sql::Database& database);\n"
ERROR = HEADER + """
enum class ErrorKind {
  conflict,   // the state forbids it      HTTP 409
  not_found,  // no such thing             HTTP 404
};
"""
COMMAND = '[{{"directory": "{root}", "file": "{root}/ashlar/core/a.cpp", "command": "clang++-19 -std=c++23 -I{root} -o a.o -c {root}/ashlar/core/a.cpp"}}]'


class TidyTest(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory(prefix="tidy")
        self.addCleanup(self.folder.cleanup)

    def tree(self, files):
        root = pathlib.Path(self.folder.name)
        for path, text in files.items():
            (root / path).parent.mkdir(parents=True, exist_ok=True)
            (root / path).write_text(text)
        return Tree(root, sorted(files))

    def found(self, rule, files):
        return [f"{f.path}:{f.line}: {f.message}" for f in rule(self.tree(files))]

    def assert_fires(self, rule, files, *expected):
        found = self.found(rule, files)
        self.assertEqual(len(found), len(expected), found)
        for line, words in zip(found, expected):
            self.assertIn(words, line)

    def assert_silent(self, rule, files):
        self.assertEqual(self.found(rule, files), [])


class Layers(TidyTest):
    def with_file(self, path, text, **more):
        return {"ARCHITECTURE.md": ARCHITECTURE, path: text,
                **{k.replace("__", "/") + ".hpp": HEADER for k in more}}

    def test_operations_run_through_invoke_only(self):
        call = SPDX + "void f() {\n  (void)route.operation->call(call, input, reply, nullptr);\n}\n"
        self.assert_fires(one_way.check, {"ashlar/web/app.cpp": call}, "only api::Api::invoke() calls an operation")
        tried = SPDX + "void f() { (void)operation_.try_call(call, input, reply, gate); }\n"
        self.assert_fires(one_way.check, {"backend/a.cpp": tried}, "only api::Api::invoke()")
        self.assert_silent(one_way.check, {"ashlar/api/api.cpp": call})
        self.assert_silent(one_way.check, {"backend/b.cpp": SPDX + "auto r = client.call(operation, json, caller);\n"})

    def test_upwards(self):
        self.assert_fires(layers.check, {"ARCHITECTURE.md": ARCHITECTURE, "ashlar/web/app.hpp": HEADER,
                                         "ashlar/http/server.cpp": '#include "ashlar/web/app.hpp"\n'},
                          "server.cpp:1: http may not include web")

    def test_downwards(self):
        self.assert_silent(layers.check, {"ARCHITECTURE.md": ARCHITECTURE, "ashlar/core/error.hpp": HEADER,
                                          "ashlar/web/app.cpp": '#include "ashlar/core/error.hpp"\n',
                                          "backend/main.cpp": '#include "ashlar/core/error.hpp"\n'})

    def test_missing_file(self):
        self.assert_fires(layers.check, self.with_file("ashlar/core/a.cpp", '#include "error.hpp"\n'), '"error.hpp" is no file')

    def test_private_part(self):
        self.assert_fires(layers.check, {"ARCHITECTURE.md": ARCHITECTURE, "ashlar/http/detail/codec.hpp": HEADER,
                                         "ashlar/web/app.cpp": '#include "ashlar/http/detail/codec.hpp"\n'},
                          "private to http")
        self.assert_silent(layers.check, {"ARCHITECTURE.md": ARCHITECTURE, "ashlar/http/detail/codec.hpp": HEADER,
                                          "fuzz/http1.cpp": '#include "ashlar/http/detail/codec.hpp"\n'})

    def test_umbrella(self):
        self.assert_fires(layers.check, {"ARCHITECTURE.md": ARCHITECTURE, "ashlar/ashlar.hpp": HEADER,
                                         "ashlar/web/app.cpp": '#include "ashlar/ashlar.hpp"\n'}, "for users of the library")

    def test_third_party_in_public_header(self):
        for header in ("spdlog/spdlog.h", "sqlite3.h", "boost/asio/ip/tcp.hpp"):
            self.assert_fires(layers.check, self.with_file("ashlar/log/logger.hpp", HEADER + f"#include <{header}>\n"),
                              f"<{header}> belongs in a .cpp")

    def test_third_party_elsewhere(self):
        for path in ("ashlar/log/logger.cpp", "ashlar/log/detail/sink.hpp"):
            self.assert_silent(layers.check, self.with_file(path, "#include <spdlog/spdlog.h>\n#include <string>\n"))
        self.assert_silent(layers.check, self.with_file("ashlar/async/task.hpp", "#include <boost/asio/awaitable.hpp>\n"))

    def test_unknown_module(self):
        self.assert_fires(layers.check, self.with_file("ashlar/mail/send.cpp", SPDX), "module mail is not in the table")

    def test_features(self):
        users, auth = {"backend/users/user.hpp": HEADER}, {"backend/auth/sessions.hpp": HEADER}
        includes_auth, includes_users = '#include "backend/auth/sessions.hpp"\n', '#include "backend/users/user.hpp"\n'
        self.assert_fires(layers.check, {**self.with_file("backend/users/me.cpp", includes_auth), **auth},
                          "me.cpp:1: backend/users may not include backend/auth")
        self.assert_fires(layers.check, {**self.with_file("backend/products/list.cpp", includes_users), **users},
                          "backend/products may not include backend/users")
        for path in ("backend/auth/login.cpp", "backend/users/me.cpp", "backend/application.cpp"):
            self.assert_silent(layers.check, {**self.with_file(path, includes_users), **users})
        self.assert_silent(layers.check, {**self.with_file("backend/users/me_test.cpp", includes_auth), **auth})
        self.assert_fires(layers.check, self.with_file("backend/mail/send.cpp", SPDX), "backend/mail is not in the table")

    def test_repositories(self):
        repository = "backend/users/user_repository.hpp"
        self.assert_fires(layers.check, {**self.with_file(repository, '#include "backend/users/me.hpp"\n'),
                                         "backend/users/me.hpp": ENDPOINT}, "no endpoint, as backend/users/me.hpp is")
        self.assert_fires(layers.check, {**self.with_file(repository, '#include "ashlar/web/app.hpp"\n'),
                                         "ashlar/web/app.hpp": HEADER}, "a repository includes nothing of web")
        self.assert_silent(layers.check, {**self.with_file(repository, '#include "backend/users/user.hpp"\n'),
                                          "backend/users/user.hpp": HEADER + "class A {\n  void f(api::Call& call);\n};\n"})
        self.assert_silent(layers.check, {**self.with_file("backend/users/me.cpp", '#include "backend/users/me.hpp"\n'),
                                          "backend/users/me.hpp": ENDPOINT})

    def test_cycle(self):
        self.assert_fires(layers.check, {"ARCHITECTURE.md": ARCHITECTURE,
                                         "ashlar/core/a.hpp": '#include "ashlar/core/b.hpp"\n',
                                         "ashlar/core/b.hpp": '#include "ashlar/core/a.hpp"\n'}, "include cycle")

    def test_table_is_gone(self):
        self.assert_fires(layers.check, {"ARCHITECTURE.md": "# The house\n"}, "the table")


class Budgets(TidyTest):
    def test_header(self):
        self.assert_fires(budgets.check, {"ashlar/core/a.hpp": "\n" * 201}, "header of 201 lines")
        self.assert_silent(budgets.check, {"ashlar/core/a.hpp": "\n" * 200})

    def test_source(self):
        self.assert_fires(budgets.check, {"ashlar/core/a.cpp": "\n" * 601}, "source of 601 lines")
        self.assertEqual(len(list(budgets.advice(self.tree({"ashlar/core/a.cpp": "\n" * 401})))), 1)

    def test_function(self):
        body = "  f(\"{\");  // }\n" * 69
        long = "namespace a {\nint* table[] = {\n" + "\n" * 80 + "};\nclass B : public C {\n public:\n  void f() const {\n" + body + "  }\n};\n}\n"
        self.assert_fires(budgets.check, {"ashlar/core/a.cpp": long}, "a.cpp:86: a function of 71 lines")

    def test_types_and_tables_are_no_functions(self):
        for head in ("template <class T>\n  requires std::integral<T>\nclass A final : public B<T> {", "enum class A : int {",
                     "namespace a::b {", "constexpr int a[] = {"):
            self.assert_silent(budgets.check, {"ashlar/core/a.cpp": head + "\n" * 90 + "};\n"})


class Wording(TidyTest):
    def test_license(self):
        self.assert_fires(wording.check, {"ashlar/core/a.cpp": "int a;\n"}, "the first line says")
        self.assert_fires(wording.check, {"tools/a": "#!/bin/bash\n"}, "the first line says")
        self.assert_silent(wording.check, {"ashlar/core/a.cpp": SPDX})

    def test_vague_names(self):
        for path in ("ashlar/core/string_util.cpp", "ashlar/core/base.cpp", "ashlar/common/a.cpp", "ashlar/core/impl/a.cpp"):
            self.assert_fires(wording.check, {path: SPDX}, "name the thing")
        self.assert_silent(wording.check, {"ashlar/sql/database.cpp": SPDX})

    def test_case(self):
        self.assert_fires(wording.check, {"ashlar/core/Error.cpp": SPDX}, "snake_case")

    def test_unfinished(self):
        self.assert_fires(wording.check, {"docs/a.md": "one\nTO" "DO: two\n"}, "a.md:2")

    def test_machine_path(self):
        self.assert_fires(wording.check, {"docs/a.md": "see /ho" "me/someone/ashlar\n"}, "one machine only")
        self.assert_silent(wording.check, {"docs/a.md": "see https://example.com/home/x and ~/ashlar\n"})

    def test_sleep(self):
        sleep = SPDX + "void f() { std::this_thread::sleep_for(1s); }\n"
        self.assert_fires(wording.check, {"ashlar/core/a_test.cpp": sleep}, "not for time")
        self.assert_silent(wording.check, {"ashlar/core/a.cpp": sleep})

    def test_pragma_once(self):
        self.assert_fires(wording.check, {"ashlar/core/a.hpp": SPDX}, "#pragma once")


class Phrases(TidyTest):
    def test_refused(self):
        self.assert_fires(phrases.check, {"docs/a.md": "one\nTasks run by turns.\n"}, 'a.md:2: "by turns": write alternately')
        self.assert_fires(phrases.check, {"ashlar/core/a.cpp": "f();  // HE decides\n"}, "a.cpp:1")
        self.assert_fires(phrases.check, {"ashlar/core/a.hpp": "// For whoever calls it\n// with a key that is\n// none.\n"}, "a.hpp:1",
                          "a.hpp:2")
        self.assert_fires(phrases.check, {"ashlar/core/a_test.cpp": 'fail("The database is away.");\n'}, "unavailable")

    def test_over_the_end_of_a_line(self):
        for text in ("  // It is\n  // away.\n", "It is\naway.\n", "# It is\n# away.\n", "-- It is\n-- away.\n"):
            self.assert_fires(phrases.check, {"docs/a.md": text}, 'a.md:1: "is away"')

    def test_parts_of_words_and_plain_words(self):
        self.assert_silent(phrases.check, {"docs/a.md": "The amendment is in this history; it recommends surfaces, the helpers.\n"
                                                        "It is awaited. The wall clock's time. A he-llo, redis.away.\n"})

    def test_what_must_not_change(self):
        self.assert_silent(phrases.check, {"backend/migrations/0001_a.up.sql": "-- made anew\n", "LICENSE": "hereby\n"})


class Errors(TidyTest):
    CODE = SPDX + 'inline constexpr ErrorCode taken{ErrorKind::conflict, "user.taken"};\n'

    def files(self, page, code=CODE, **more):
        return {"ashlar/core/error.hpp": ERROR, "docs/errors.md": page, "backend/users/a.cpp": code, **more}

    def test_documented(self):
        self.assert_silent(errors.check, self.files("| `user.taken` | 409 | Taken. |\n"))

    def test_undocumented(self):
        self.assert_fires(errors.check, self.files(""), "user.taken")

    def test_documented_only(self):
        self.assert_fires(errors.check, self.files("| `user.taken` | 409 | . |\n| `user.gone` | 404 | . |\n"), "exists nowhere")

    def test_wrong_status(self):
        self.assert_fires(errors.check, self.files("| `user.taken` | 404 | Taken. |\n"), "status 409")

    def test_status_of_its_own(self):
        code = SPDX + 'constexpr ErrorCode slow{ErrorKind::conflict, "x.slow"};  // 408: too slow\n'
        self.assert_silent(errors.check, self.files("| `x.slow` | 408 | . |\n", code))
        self.assert_fires(errors.check, self.files("| `x.slow` | 409 | . |\n", code), "status 408")

    def test_in_a_comment(self):
        self.assert_silent(errors.check, self.files("", '// constexpr ErrorCode a{ErrorKind::conflict, "a.b"};\n'))

    def test_twice(self):
        self.assert_fires(errors.check, self.files("| `user.taken` | 409 | . |\n", **{"backend/b.cpp": self.CODE}), "too")

    def test_documented_twice(self):
        self.assert_fires(errors.check, self.files("| `user.taken` | 409 | . |\n| `user.taken` | 409 | . |\n"), "has a row already")

    def test_without_a_name(self):
        self.assert_fires(errors.check, self.files("", 'return fail({ErrorKind::conflict, "x.y"}, "");\n'), "has no name")

    def test_faults(self):
        code = 'return Violation{"too_long", "..."};\nout.fault("name", "same", "...");\nFault{path, "unknown", "..."};\n'
        self.assert_fires(errors.check, self.files("", code), '"same"', '"too_long"', '"unknown"')
        table = {"ashlar/schema/fault_codes.hpp": 'inline constexpr std::string_view uuid = "uuid";\n'}
        self.assert_fires(errors.check, self.files("| `too_long` | B |\n", "", **table), '"uuid"', '"too_long" exists nowhere')
        self.assert_silent(errors.check, self.files("| `same` | A |\n| `too_long` | B |\n| `unknown` | C |\n", code))


class Pages(TidyTest):
    def test_links(self):
        self.assert_fires(pages.check, {"docs/a.md": "[b](b.md)\n"}, "leads nowhere")
        self.assert_fires(pages.check, {"docs/a.md": "[b](b.md#two)\n", "docs/b.md": "# One\n"}, "no heading #two")
        self.assert_silent(pages.check, {"docs/a.md": "[b](b.md#one-more) [c](https://c.example)\n```\n[d](d.md)\n```\n",
                                         "docs/b.md": "# One more\n"})

    def test_limits(self):
        header = HEADER + ("struct PoolOptions {\n  std::size_t threads = 2;  // of its own\n"
                           "  // How long.\n  std::chrono::seconds wait_max{5};\n};\n")
        self.assert_fires(pages.check, {"ashlar/async/pool.hpp": header}, "differs from the headers")
        page = pages.limits_page(self.tree({"ashlar/async/pool.hpp": header}))
        self.assertIn("| `threads` | `2` | of its own |", page)
        self.assertIn("| `wait_max` | `5 s` | How long. |", page)
        self.assert_silent(pages.check, {"ashlar/async/pool.hpp": header, pages.LIMITS: page})


class Compiled(TidyTest):
    def files(self, **more):
        root = pathlib.Path(self.folder.name).resolve()
        return {"build/debug/compile_commands.json": COMMAND.format(root=root), "ashlar/core/a.cpp": SPDX,
                ".clang-format": "BasedOnStyle: Google\n", ".clang-tidy": "Checks: '-*,bugprone-*'\nWarningsAsErrors: '*'\n", **more}

    def test_header_alone(self):
        self.assert_fires(compiled.alone, self.files(**{"ashlar/core/b.hpp": HEADER + "inline std::string b;\n"}),
                          "does not compile alone")
        good = self.files(**{"ashlar/core/b.hpp": HEADER + "#include <string>\ninline std::string b;\n"})
        self.assert_silent(compiled.alone, good)
        self.assert_silent(compiled.alone, good)  # as kept

    def test_benchmark_alone(self):
        self.assert_fires(compiled.alone, self.files(**{"ashlar/core/a.cpp": SPDX + "int a;\n",
                                                        "bench/b.cpp": SPDX + "std::string b;\n"}),
                          "does not compile alone")

    def test_source_alone(self):
        self.assert_fires(compiled.alone, self.files(**{"ashlar/core/a.cpp": SPDX + "std::string a;\n"}),
                          "does not compile alone")

    def test_header_behind_another_one(self):
        # a.hpp compiles in a.cpp, but not alone: it needs what stands in front of it there.
        self.assert_fires(compiled.alone, self.files(**{
            "ashlar/core/a.cpp": SPDX + '#include <string>\n#include "ashlar/core/a.hpp"\n',
            "ashlar/core/a.hpp": HEADER + "inline std::string b;\n"}), "does not compile alone")
        # So does c.hpp, which is behind b.hpp there.
        self.assert_fires(compiled.alone, self.files(**{
            "ashlar/core/a.cpp": SPDX + '#include "ashlar/core/b.hpp"\n#include "ashlar/core/c.hpp"\n',
            "ashlar/core/b.hpp": HEADER + "#include <string>\n",
            "ashlar/core/c.hpp": HEADER + "inline std::string c;\n"}), "does not compile alone")

    def test_what_a_source_proves(self):
        tree = self.tree(self.files(**{
            "ashlar/core/a.cpp": SPDX + '// Text.\n#include "ashlar/core/a.hpp"\n#include "ashlar/core/c.hpp"\n',
            "ashlar/core/a.hpp": HEADER + '\n// Text.\n#include "ashlar/core/b.hpp"\n#include "ashlar/core/c.hpp"\n',
            "ashlar/core/b.hpp": HEADER + "struct B {};\n#include \"ashlar/core/c.hpp\"\n", "ashlar/core/c.hpp": HEADER}))
        self.assertEqual(compiled.first_includes(tree, "ashlar/core/a.cpp"), ["ashlar/core/a.hpp", "ashlar/core/b.hpp"])

    def test_format(self):
        self.assert_fires(compiled.format_, self.files(**{"ashlar/core/a.cpp": SPDX + "int   a;\n"}), "clang-format-19 -i")

    def test_clang_tidy(self):
        self.assert_fires(compiled.clang_tidy, self.files(**{"ashlar/core/a.cpp": SPDX + "int a(bool b) {\n  if (b);\n  return 1;\n}\n"}),
                          "potentially unintended semicolon", "if statement has empty body")

    def test_clang_tidy_shows_warnings(self):
        files = self.files(**{"ashlar/core/a.cpp": SPDX + "int b = 1;\nint a(int b) { return b; }\n"})
        database = files["build/debug/compile_commands.json"]
        files["build/debug/compile_commands.json"] = database.replace("-std=c++23", "-std=c++23 -Wshadow -Werror")
        self.assert_fires(compiled.clang_tidy, files, "declaration shadows")

    def test_clang_tidy_in_headers(self):
        self.assert_fires(compiled.clang_tidy, self.files(**{
            ".clang-tidy": "Checks: '-*,bugprone-*'\nWarningsAsErrors: '*'\nHeaderFilterRegex: '/ashlar/'\n",
            "ashlar/core/a.cpp": SPDX + '#include "ashlar/core/a.hpp"\n',
            "ashlar/core/a.hpp": HEADER + "inline int a(bool b) {\n  if (b);\n  return 1;\n}\n"}), "a.hpp:4: potentially unintended",
            "a.hpp:4: if statement has empty body")


class Blanking(unittest.TestCase):
    def test_places_stay(self):
        code = 'a("x{") /* {\n*/ + 1\'000 + \'{\' // {\n R"(})"'
        out = blank(code)
        self.assertEqual(len(out), len(code))
        self.assertNotIn("{", out)
        self.assertNotIn("}", out)
        self.assertIn("1'000", out)
        self.assertIn('"x{"', blank(code, keep_literals=True))


class Security(TidyTest):
    @staticmethod
    def page(change=lambda rows: rows):
        rows = {f"{section}.{i}": ("It is held.", "`Suite.Holds`")
                for section, count in security.SECTIONS.items() for i in range(1, count + 1)}
        return "".join(f"| {row} | 1 | {how} | {named} |\n" for row, (how, named) in change(rows).items())

    def messages(self, change=lambda rows: rows, tests="TEST(Suite, Holds) {}\n"):
        return [f.message for f in security.check(self.tree({"docs/security.md": self.page(change),
                                                             "backend/a_test.cpp": SPDX + tests}))]

    def test_fine(self):
        self.assertEqual(self.messages(), [])
        self.assertEqual(self.messages(tests="TEST_F(Suite, Holds) {}\n"), [])
        for reason in ("Not met: why.", "Not applicable: why.", "Documentation: where."):
            self.assertEqual(self.messages(lambda rows: rows | {"6.1.1": (reason, "")}), [])

    def test_a_test_that_is_gone(self):
        self.assertEqual(len(self.messages(tests="TEST(Suite, HoldsNot) {}\n")), sum(security.SECTIONS.values()))
        self.assertEqual(self.messages(lambda rows: rows | {"9.1.1": ("It is held.", "`Suite.Holds`, `Suite.Gone`")}),
                         ["9.1.1: there is no test Suite.Gone"])

    def test_a_row_without_a_reason(self):
        self.assertEqual(len(self.messages(lambda rows: rows | {"7.4.1": ("It is held.", "")})), 1)

    def test_rows_that_are_missing_or_too_many(self):
        self.assertEqual(self.messages(lambda rows: {row: rows[row] for row in rows if row != "10.4.16"}),
                         ["10.4.16 has no row"])
        self.assertEqual(self.messages(lambda rows: rows | {"6.9.1": ("It is held.", "`Suite.Holds`")}),
                         ["6.9.1 is no requirement of the standard"])


if __name__ == "__main__":
    unittest.main()
