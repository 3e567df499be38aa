#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Tests of tools/release."""
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import unittest

sys.dont_write_bytecode = True

import archive
import debian
import help_text
import linkage
import sbom

# A program that describes itself as CLI11 does.
PROGRAM = r"""#!/bin/sh
case "$*" in
  --help) printf '%s\n' 'A server.' 'Usage: ashlar [OPTIONS] SUBCOMMAND' '' 'Options:' \
    '  -h,--help                   Print this help message and exit' '' 'Subcommands:' \
    '  serve                       Serve until a signal' '' '' 'Examples:' '  ashlar serve   serve' ;;
  'serve --help') printf '%s\n' "It's serving" 'Usage: ashlar serve [OPTIONS] name' '' 'Positionals:' \
    '  name TEXT REQUIRED          Whose' '' 'Options:' '  -h,--help                   Print this help message and exit' \
    '  --wait INT:INT in [0 - 60]' '                              Seconds to wait [60]' '' '' 'Examples:' \
    '  ashlar serve   serve' ;;
  *) exit 64 ;;
esac
"""


class Archives(unittest.TestCase):
    def test_do_not_depend_on_times_and_owners(self):
        made = []
        for time in (1, 2_000_000_000):
            with tempfile.TemporaryDirectory() as folder:
                file = pathlib.Path(folder, "b")
                file.write_text("content")
                os.utime(file, (time, time))
                pathlib.Path(folder, "a").mkdir()
                made.append(archive.gzipped(archive.tar(archive.tree_of(folder), 1_700_000_000)))
        self.assertEqual(made[0], made[1])

    def test_differ_with_the_content(self):
        self.assertNotEqual(archive.tar({"a": b"1"}, 0), archive.tar({"a": b"2"}, 0))
        self.assertEqual(archive.tar({"a": b"1", "b": b"2"}, 0), archive.tar({"b": b"2", "a": b"1"}, 0))


class HelpTexts(unittest.TestCase):
    def setUp(self):
        folder = self.enterContext(tempfile.TemporaryDirectory())
        program = pathlib.Path(folder, "ashlar")
        program.write_text(PROGRAM)
        program.chmod(0o755)
        self.root = help_text.read(program)

    def test_have_every_command_and_option(self):
        serve = self.root.subcommands[0]
        self.assertEqual(serve.name, "ashlar serve")
        self.assertEqual(serve.footer, "")  # the program's own
        self.assertEqual([(names[-1], value) for names, value, _ in help_text.options_of(serve)],
                         [("--help", False), ("--wait", True)])

    def test_man_page_has_no_fault(self):
        page = help_text.man_page(self.root, "1.2.3", 0, [("0", "Success.")], [("/etc/x", "Settings.")])
        self.assertIn("\\-\\-wait INT (0 to 60)", page)
        self.assertIn(".TH ASHLAR 1 \"1970-01-01\" \"ashlar 1.2.3\"", page)
        done = subprocess.run(["man", "--warnings", "-l", "-"], input=page, capture_output=True, text=True,
                              env=os.environ | {"MANWIDTH": "80", "LC_ALL": "C.UTF-8"})
        if done.returncode != 127:
            self.assertEqual(done.stderr, "")

    def test_bash_completes_commands_then_options(self):
        script = help_text.bash_completion(self.root)
        ask = 'c() { COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _ashlar; echo "${COMPREPLY[*]}"; }\n'
        done = subprocess.run(["bash", "-c", f"{script}\n{ask} c ashlar s; c ashlar serve --w; c ashlar serve a --w"],
                              capture_output=True, text=True)
        self.assertEqual((done.stdout, done.stderr), ("serve\n--wait\n--wait\n", ""))

    def test_quotes_do_not_end_a_text(self):
        self.assertIn("-d 'Seconds to wait [60]'", help_text.fish_completion(self.root))
        self.assertIn("'--wait[Seconds to wait (60)]:value:_files'", help_text.zsh_completion(self.root))
        self.assertEqual(help_text.fish_quoted("it's"), "'it\\'s'")


class Bills(unittest.TestCase):
    def setUp(self):
        self.files = linkage.shared_libraries("/usr/bin/dpkg-deb")

    def document(self, files):
        return sbom.document("dpkg-deb", "1", "application", sbom.of_debian({"shared": sbom.packages_of(files)}), 0)

    def test_name_what_the_loader_maps(self):
        text = self.document(self.files.values())
        sbom.check_against_loader(text, "/usr/bin/dpkg-deb")
        self.assertIn("libc6", [component["name"] for component in json.loads(text)["components"]])
        self.assertEqual(text, self.document(reversed(self.files.values())))

    def test_refuse_a_library_that_is_left_out(self):
        with self.assertRaises(SystemExit):
            sbom.check_against_loader(self.document(list(self.files.values())[1:]), "/usr/bin/dpkg-deb")


class Links(unittest.TestCase):
    def test_take_archives_but_of_some(self):
        words, archives = linkage.portable_link("cc a.o -o bin/x /usr/lib/x/libnone.so /usr/lib/x86_64-linux-gnu/libpq.so")
        self.assertEqual(words[-2:], ["/usr/lib/x/libnone.so", "/usr/lib/x86_64-linux-gnu/libpq.so"])
        self.assertEqual(archives, [])

    def test_library_needs_what_cmake_says(self):
        self.assertLessEqual({"libssl-dev", "libboost1.81-dev", "libzxcvbn-dev"}, set(debian.development_packages()))


class Run(unittest.TestCase):
    """./run with a released program."""

    def run_with(self, version, *arguments):
        folder = self.enterContext(tempfile.TemporaryDirectory())
        program = pathlib.Path(folder, "ashlar")
        program.write_text(f'#!/bin/sh\n[ "$1" = --version ] && echo "ashlar {version}" || echo "runs $*"\n')
        program.chmod(0o755)
        return subprocess.run([debian.ROOT / "run", *arguments], capture_output=True, text=True,
                              env=os.environ | {"ASHLAR_BINARY": str(program)})

    def test_serves_one_of_the_same_version(self):
        header = (debian.ROOT / "ashlar/version.hpp").read_text()
        version = ".".join(re.findall(r"#define ASHLAR_VERSION_(?:MAJOR|MINOR|PATCH) (\d+)", header))
        done = self.run_with(version, "--port", "4000")
        self.assertEqual((done.returncode, done.stdout.splitlines()[-1]), (0, "runs serve --port 4000"))

    def test_refuses_another_version(self):
        done = self.run_with("99.0.0")
        self.assertEqual(done.returncode, 1)
        self.assertRegex(done.stderr, r"is not ashlar \d+\.\d+\.\d+: ashlar 99\.0\.0\n$")

    def test_checks_arguments_first(self):
        self.assertEqual(self.run_with("99.0.0", "--prot", "4000").returncode, 64)


if __name__ == "__main__":
    unittest.main()
