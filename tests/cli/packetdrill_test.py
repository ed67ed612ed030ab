#!/usr/bin/env python3
"""The packetdrill command: our own scripts pass, those of failing/ fail with these very words.

With DEMUXSIM_ACCEPT set, the golden file is written instead of compared.
"""

import json
import os
import pathlib
import unittest

from program import ProgramTest, main, run

TESTS = pathlib.Path(__file__).parent.parent
SCRIPTS = sorted((TESTS / "packetdrill").glob("*.pkt"))
FAILING = sorted((TESTS / "packetdrill" / "failing").glob("*.pkt"))
MISMATCHES = TESTS / "golden" / "packetdrill_mismatches.txt"

HANDSHAKE = """\
0 socket(..., SOCK_STREAM, IPPROTO_TCP) = 3
+0 bind(3, ..., ...) = 0
+0 listen(3, 1) = 0
+0 `sysctl -w net.inet.tcp.ecn.enable=2`
+0 < S 0:0(0) win 32767 <mss 1460>
+0 > S. 0:0(0) ack %ACK% win 65535 <mss 1460>
"""
PASSES = HANDSHAKE.replace("%ACK%", "1")
FAILS = HANDSHAKE.replace("%ACK%", "2")
BROKEN = "0 sokcet(..., SOCK_STREAM, IPPROTO_TCP) = 3\n"


class OwnScripts(unittest.TestCase):
    maxDiff = None

    def test_all_pass(self):
        ended = run("packetdrill", "--quiet", *SCRIPTS)
        self.assertEqual(ended.out, f"{len(SCRIPTS)} passed, 0 failed, 0 broken\n")
        self.assertEqual((ended.status, ended.err), (0, ""))
        self.assertGreaterEqual(len(SCRIPTS), 15)

    def test_dialects_pass_under_each_profile(self):
        script = TESTS / "packetdrill" / "dialects.pkt"
        for profile in ("rfc9293", "textbook", "linux", "freebsd"):
            with self.subTest(profile):
                self.assertEqual(run("packetdrill", "--profile", profile, script).status, 0)

    def test_mismatches(self):
        ended = run("packetdrill", *(path.relative_to(TESTS) for path in FAILING), cwd=TESTS)
        if "DEMUXSIM_ACCEPT" in os.environ:
            MISMATCHES.write_text(ended.out)
        self.assertEqual(ended.out, MISMATCHES.read_text())
        self.assertEqual((ended.status, ended.err), (1, ""))
        self.assertTrue(ended.out.endswith(f"\n0 passed, {len(FAILING)} failed, 0 broken\n"))


class Command(ProgramTest):
    def setUp(self):
        super().setUp()
        self.passes = self.write("passes.pkt", PASSES)
        self.fails = self.write("fails.pkt", FAILS)
        self.broken_script = self.write("broken.pkt", BROKEN)

    def test_exit_status(self):
        for status, scripts, sums in (
                (0, [self.passes, self.passes], "2 passed, 0 failed, 0 broken"),
                (1, [self.passes, self.fails], "1 passed, 1 failed, 0 broken"),
                (2, [self.broken_script, self.fails], "0 passed, 1 failed, 1 broken"),
                (2, [self.folder / "missing.pkt"], "0 passed, 0 failed, 1 broken")):
            with self.subTest(sums):
                ended = run("packetdrill", *scripts)
                self.assertEqual(ended.status, status)
                self.assertEqual(ended.out.splitlines()[-1], sums)

    def test_complaints(self):
        ended = run("packetdrill", self.broken_script)
        self.assertIn(f"{self.broken_script}:1:3: error: the call 'sokcet' is not known", ended.err)
        self.assertIn("did you mean 'socket'?", ended.err)
        bad = self.write("option.pkt", "--mtu=12\n" + PASSES)
        ended = run("packetdrill", bad)
        self.assertEqual(ended.status, 2)
        self.assertIn(f"{bad}:1:1: error: --mtu: '12' is no whole number from 68 to 65535",
                      ended.err)

    def test_verbose_tells_what_happens_and_what_is_ignored(self):
        out = run("packetdrill", "--verbose", self.passes).out
        self.assertIn("192.0.2.1:40000 > 192.168.0.1:8080  Flags [S]", out)
        self.assertIn("LISTEN -> SYN-RECEIVED", out)
        self.assertIn(f"{self.passes}:4: ignored: sysctl net.inet.tcp.ecn.enable\n", out)

    def test_json(self):
        ended = run("packetdrill", "--format", "json", self.passes, self.fails, self.broken_script)
        self.assertEqual(ended.status, 2)
        answer = json.loads(ended.out)
        self.assertEqual([script["result"] for script in answer["scripts"]],
                         ["passed", "failed", "broken"])
        passed, failed, broken = answer["scripts"]
        self.assertEqual(passed, {
            "file": str(self.passes), "result": "passed", "line": None, "reason": None,
            "ignored": [{"line": 4, "what": "sysctl net.inet.tcp.ecn.enable"}]})
        self.assertEqual(failed["line"], 6)
        self.assertIn("ack: expected 2, actual 1\nscript packet:", failed["reason"])
        self.assertIn("'sokcet' is not known", broken["reason"])
        self.assertEqual((answer["passed"], answer["failed"], answer["broken"]), (1, 1, 1))

    def test_standard_input(self):
        ended = run("packetdrill", "-", stdin=FAILS)
        self.assertEqual(ended.status, 1)
        self.assertTrue(ended.out.startswith("<stdin>:6: error handling packet: ack: "))

    def test_usage(self):
        self.assert_usage_error(run("packetdrill"), "packetdrill needs FILE...")
        self.assert_usage_error(run("packetdrill", "--profile", "bsd", self.passes), "bsd")

    def test_help_lists_what_is_known(self):
        out = run("help", "packetdrill").out
        for word in ("getsockopt", "--tolerance_usecs", "tcpdrop", "wscale", "--profile NAME"):
            self.assertIn(word, out)


if __name__ == "__main__":
    main()
