#!/usr/bin/env python3
"""Help, and what the program says to a command line that makes no sense."""

import re

from program import ProgramTest, main, run

COMMANDS = ["run", "check", "explain", "compare", "ss", "ledger", "ports", "graph", "step",
            "verify", "stress", "packetdrill", "version", "help"]


class Help(ProgramTest):
    def test_every_command_has_help(self):
        for command in COMMANDS:
            with self.subTest(command):
                ended = run(command, "--help")
                self.assertEqual((ended.status, ended.err), (0, ""))
                self.assertTrue(ended.out.startswith(f"Usage: demuxsim {command} "), ended.out)
                self.assertEqual(ended.out, run("help", command).out)
                self.assertEqual(ended.out, run(command, "-h").out)
                for line in ended.out.splitlines():
                    self.assertLessEqual(len(line), 90, line)

    def test_overview_names_every_command(self):
        ended = run("help")
        self.assertEqual((ended.status, ended.err), (0, ""))
        for command in COMMANDS:
            self.assertRegex(ended.out, rf"(?m)^  {command} ")
        for option in ("--help", "-h"):
            self.assertEqual(run(option).out, ended.out)

    def test_options_of_help_exist(self):
        """The parser takes each option that help lists; the wrong one after it keeps it from working."""
        for command in COMMANDS:
            for option in re.findall(r"(?m)^  (?:-\w, |    )--([a-z-]+)", run("help", command).out):
                if option == "help":
                    continue
                with self.subTest(f"{command} --{option}"):
                    said = run(command, f"--{option}", "x", "--no-such-option").err
                    self.assertIn(f"{command} has no option '--no-such-option'", said)

    def test_version(self):
        for words in (["version"], ["--version"], ["-V"]):
            ended = run(*words)
            self.assertEqual((ended.status, ended.err), (0, ""))
            self.assertRegex(ended.out, r"^demuxsim \d+\.\d+\.\d+\n$")


class BadUsage(ProgramTest):
    def test_no_command(self):
        self.assert_usage_error(run(), "a command is missing", "demuxsim help")

    def test_unknown_command(self):
        self.assert_usage_error(run("rnu", self.web), "no command 'rnu'", "did you mean 'run'?")
        self.assert_usage_error(run("help", "chekc"), "no command 'chekc'", "did you mean 'check'?")
        self.assert_usage_error(run("web.yaml"), "demuxsim run web.yaml")
        self.assert_usage_error(run("--seed", "1", "run", self.web), "before the command")

    def test_unknown_option(self):
        self.assert_usage_error(run("run", self.web, "--seeds", "1"), "no option '--seeds'",
                                "did you mean '--seed'?", "Try 'demuxsim help run'.")
        self.assert_usage_error(run("run", self.web, "-x"), "no option '-x'")

    def test_a_name_cannot_be_shortened(self):
        self.assert_usage_error(run("run", self.web, "--see", "1"), "no option '--see'")

    def test_an_option_of_another_command(self):
        self.assert_usage_error(run("run", self.web, "--at", "1s"), "'--at' is not for run",
                                "option of ss or ledger")
        self.assert_usage_error(run("graph", self.web, "--seed=1"), "'--seed' is not for graph")
        self.assert_usage_error(run("explain", self.web, "-q"), "'-q' is not for explain",
                                "run, check, verify, stress or packetdrill")
        self.assert_usage_error(run("version", "--color=never"), "'--color' is not for version")
        self.assert_usage_error(run("explain", self.web, "--format=text"),
                                "option of run, check, compare, ss, ledger, ports, graph, verify, "
                                "stress or packetdrill")

    def test_values(self):
        for option, value, *words in [
                ("--seed", "-1", "--seed"), ("--seed", "1x", "'1x'"), ("--seed", "", "--seed"),
                ("--seed", "18446744073709551616", "18446744073709551615"),
                ("--until", "5", "--until"), ("--until", "-5ms", "--until"),
                ("--until", "soon", "'soon'"),
                ("--format", "xml", "'xml' is not text, jsonl, json or csv"),
                ("--format", "json", "of statistics", "add --stats"),
                ("--format", "csv", "of statistics", "add --stats"),
                ("--plot", "x.svg", "--plot draws statistics", "add --stats"),
                ("--plot", "x.png", "'x.png' does not end in .svg"), ("--plot", "", "--plot"),
                ("--color", "pink", "'pink' is not auto, always or never"),
                ("--set", "style", "'style' is not key=value"), ("--set", "=x", "key=value"),
                ("--output", "", "--output")]:
            with self.subTest(f"{option}={value}"):
                self.assert_usage_error(run("run", self.web, f"{option}={value}"), *words)

    def test_verify_wants_to_know_against_what(self):
        self.assert_usage_error(run("verify", self.web), "nothing to compare with",
                                "add --against kernel")
        self.assert_usage_error(run("verify", self.web, "--against", "moon"), "'moon' is not kernel")

    def test_a_value_is_missing(self):
        self.assert_usage_error(run("run", self.web, "--seed"), "--seed")
        self.assert_usage_error(run("run", self.web, "--quiet=yes"), "--quiet")

    def test_twice(self):
        self.assert_usage_error(run("run", self.web, "-s1", "--seed", "2"), "--seed is given twice")
        self.assertEqual(run("run", self.web, "-q", "--quiet").status, 0)

    def test_number_of_operands(self):
        for command in ("run", "explain", "ss", "ledger", "graph"):
            self.assert_usage_error(run(command), f"{command} needs FILE", f"help {command}")
            self.assert_usage_error(run(command, self.web, self.web), "takes one FILE, not 2")
        self.assert_usage_error(run("check"), "check needs FILE...")
        self.assert_usage_error(run("ports"), "ports needs QUERY...")
        self.assert_usage_error(run("version", "now"), "'now'")
        self.assert_usage_error(run("help", "run", "check"), "takes one COMMAND, not 2")

    def test_unknown_parameter(self):
        self.assert_usage_error(run("run", self.web, "--set", "stile=announce"), "stile")

    def test_hostile_words(self):
        self.assert_usage_error(run("\x1b[31mrun"), "no command")
        self.assertNotIn("\x1b", run("\x1b[31mrun").err)
        self.assertNotIn("\x1b", run("run", self.web, "--\x1b[31m").err)
        self.assert_usage_error(run(""), "no command ''")


class Spelling(ProgramTest):
    def test_forms_of_an_option(self):
        expected = run("run", self.web, "--seed", "7", "--format", "jsonl").out
        for words in (["-s", "7", "-f", "jsonl"], ["-s7", "-fjsonl"],
                      ["--seed=7", "--format=jsonl"]):
            self.assertEqual(run("run", self.web, *words).out, expected)
        self.assertEqual(run("run", "-s7", "-fjsonl", "--", self.web).out, expected)
        self.assertEqual(run("run", "--output", "-", "-s7", "-fjsonl", self.web).out, expected)


if __name__ == "__main__":
    main()
