#!/usr/bin/env python3
"""The table of RFC 9293's requirements has no hole, and a hole would be noticed."""

import pathlib
import subprocess
import sys
import tempfile
import unittest

TOOLS = pathlib.Path(__file__).resolve().parents[2] / "tools"
sys.path.insert(0, str(TOOLS))
import rfc9293_mutants  # noqa: E402

HEADER = "requirement\tlevel\tsection\twords\tscope\n"
ROWS = (
    "MUST-1\tMUST\t3.1\tone\tin\n"
    "MUST-2\tMUST\t3.1\ttwo\tout: it is not needed here\n"
    "MAY-3\tMAY\t3.2\tthree\tin\n"
)
CODE = "void f() {\n  g();  // MUST-1, MAY-3\n  h();  // As MUST-2 would have it.\n}\n"
TEST = 'TEST_CASE("one"\n          " and three", "[tag]"\n          "[MUST-1][MAY-3]") {}\n'


def table(root=None, *options):
    command = [sys.executable, str(TOOLS / "rfc9293_table.py"), *options]
    command += [] if root is None else [str(root)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


class Table(unittest.TestCase):
    def run_on(self, rows=ROWS, code=CODE, test=TEST, options=()):
        with tempfile.TemporaryDirectory() as folder:
            root = pathlib.Path(folder)
            for path, text in (
                ("tools/rfc9293_requirements.tsv", HEADER + rows),
                ("sim/tcp/f.cpp", code),
                ("tests/unit/f_test.cpp", test),
            ):
                (root / path).parent.mkdir(parents=True, exist_ok=True)
                (root / path).write_text(text, encoding="utf-8")
            return table(root, *options)

    def test_the_project_has_no_hole(self):
        run = table()
        self.assertEqual(run.stderr, "")
        self.assertEqual(run.returncode, 0)

    def test_a_row_names_code_and_test(self):
        run = self.run_on()
        self.assertEqual(run.returncode, 0, run.stderr)
        self.assertIn("MAY-3  MAY, section 3.2: three\n    code  sim/tcp/f.cpp:2\n", run.stdout)
        self.assertIn("    test  tests/unit/f_test.cpp: one and three\n", run.stdout)
        self.assertIn("    out: it is not needed here\n", run.stdout)
        self.assertIn("3 requirements, 2 of them in scope", run.stdout)
        markdown = self.run_on(options=("--format", "markdown")).stdout
        self.assertIn(
            "| MUST-1 | 3.1 | MUST: one | sim/tcp/f.cpp:2 "
            "| tests/unit/f_test.cpp: one and three |\n",
            markdown,
        )

    def test_each_kind_of_hole_is_told(self):
        for change, told in (
            ({"code": CODE.replace("MUST-1, ", "")}, "MUST-1: no code cites it (one)"),
            ({"test": TEST.replace("[MAY-3]", "")}, "MAY-3: no test has it for a tag (three)"),
            ({"code": CODE.replace("MAY-3", "MAY-3, MUST-2")}, "MUST-2: out of scope, yet"),
            ({"code": CODE.replace("MAY-3", "MAY-3, MAY-4")}, "MAY-4: no such requirement (code:"),
            ({"test": TEST.replace("[tag]", "[MUST-9]")}, "MUST-9: no such requirement (tests:"),
            ({"rows": ROWS.replace("out: it", "it")}, "MUST-2: neither in scope nor out of it"),
        ):
            with self.subTest(told):
                run = self.run_on(**change)
                self.assertEqual(run.returncode, 1)
                self.assertIn(told, run.stderr)


class Mutants(unittest.TestCase):
    def test_each_form_of_code_gets_a_switch(self):
        out = "demuxsim_taken_out(7)"
        for code, expected in (
            ("  f(a);", f"if (!{out}) {{   f(a); }}"),
            ("  a = b;", f"if (!{out}) {{   a = b; }}"),
            ("  if (a && (b)) {", f"  if (!{out} && (a && (b))) {{"),
            ("  } else if (a) {", f"  }} else if (!{out} && (a)) {{"),
            ("  if (f(a);\n      b) {", f"  if (f(a);!{out} && (b)) {{"),
            (
                "  while (const auto a = b()) {",
                "  while (const auto a = demuxsim_unless_taken_out(7, b())) {",
            ),
            ("  } else {", f"}} else if (!{out}) {{"),
            ("    case a:", f"    case a: if ({out}) break;"),
            ("  return a;", f"{{ if ({out}) return {{}};   return a; }}"),
            ("  return;", f"if (!{out}) return;"),
            ("bool f(int) { return 1; }", f"bool f(int) {{ if ({out}) return {{}}; return 1; }}"),
            ("void f(int) const {", f"void f(int) const {{ if ({out}) return;"),
            ("  const int a = b;", f"  const int a = {out} ? int{{}} : (b);"),
            ("  auto a =\n      b;", "  auto a =\ndemuxsim_unless_taken_out(7,       b);"),
        ):
            with self.subTest(code):
                self.assertEqual(rfc9293_mutants.guarded(code, 7), expected)

    def test_what_has_no_moment_cannot_be_taken_out(self):
        with self.assertRaises(SystemExit):
            rfc9293_mutants.guarded("    {closed, passive_open, listen},", 7)

    def test_a_statement_of_several_lines_keeps_its_lines(self):
        lines = ["f();", "a = b +", "    c;  // MUST-1", "g();"]
        self.assertEqual(
            rfc9293_mutants.mutated(lines, [(3, 7)]),
            ["f();", "if (!demuxsim_taken_out(7)) { a = b +", "    c; }", "g();"],
        )


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
