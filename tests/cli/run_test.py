#!/usr/bin/env python3
"""What `run` prints, in both formats, and its exit status."""

import json
import re

from program import WEB, WRONG, ProgramTest, main, run


REQUESTS = """
scenario: 1
hosts:
  s: {ip: 10.0.0.1, processes: {p: {listen: {port: 80, reply: 10BSERVER}}}}
  c: {ip: 10.0.0.2, processes: {p: {connect: {to: "s:80", request: 20B, CLIENT}}}}
"""


class Text(ProgramTest):
    def test_profile(self):
        """Linux hands out other ports than the file's profile (RFC 6335's ephemeral range)."""
        def first_port(*options):
            return next(record["port"] for record in
                        run("run", self.web, "-f", "jsonl", *options).records()
                        if record["kind"] == "port" and record["action"] == "allocated")
        self.assertGreaterEqual(first_port(), 49152)
        self.assertLess(first_port("--profile", "linux"), 49152)
        self.assert_usage_error(run("run", self.web, "--profile", "solaris"), "--profile")

    def test_the_parts_in_their_order(self):
        ended = run("run", self.web)
        self.assertEqual((ended.status, ended.err), (0, ""))
        lines = ended.out.splitlines()
        self.assertEqual(lines[0], "# One well-known port, two browsers")
        self.assertRegex(lines[1], r"^0\.000000  ")
        found = [ended.out.index(part) for part in (
            "Flags [S]", "\n\nweb\nState", "\n\nbob\nState", "\n\n" + str(self.web) + ":",
            " simulated: ")]
        self.assertEqual(found, sorted(found))
        self.assertRegex(lines[-1], r"^3 expectations held; fingerprint [0-9a-f]{16}$")

    def test_the_lesson_is_there(self):
        out = run("run", self.web).out
        self.assertRegex(out, r"web +demux  4-tuple: none; listener \*:80 -> nginx "
                              r"\(pid 101, fd 3\)  \[listener-any, examined 0\+1\]")
        self.assertIn("LISTEN -> SYN-RECEIVED", out)
        self.assertIn("49152 (ephemeral) allocated", out)

    def test_a_failed_expectation(self):
        ended = run("run", self.web, *WRONG)
        self.assertEqual(ended.status, 1)
        self.assertRegex(ended.out, re.escape(str(self.web)) +
                         r":19: failed\n    expected: .*CLOSING.*\n    found: .*ESTABLISHED")
        self.assertIn("1 of 3 expectations failed", ended.out)

    def test_quiet(self):
        ended = run("run", self.web, "--quiet")
        self.assertEqual((ended.status, ended.err), (0, ""))
        self.assertEqual(len(ended.out.splitlines()), 2, ended.out)
        self.assertEqual(ended.out, "\n".join(run("run", self.web).out.splitlines()[-2:]) + "\n")
        wrong = run("run", self.web, "-q", *WRONG)
        self.assertEqual(wrong.status, 1)
        self.assertIn("expected: ", wrong.out)
        self.assertNotIn("held:", wrong.out)

    def test_quiet_and_verbose_tells_each_verdict(self):
        ended = run("run", self.web, "-qv")
        self.assertEqual((ended.status, ended.out.count(": held: ")), (0, 3))
        self.assertEqual(ended.out.count("\n    found:    "), 3)
        self.assertNotIn("Flags", ended.out)

    def test_requests_on_one_connection(self):
        def sent(client, server=""):
            scenario = self.write("requests.yaml", REQUESTS.replace("CLIENT", client)
                                 .replace("SERVER", server))
            ended = run("run", scenario, "-f", "jsonl")
            self.assertEqual((ended.status, ended.err), (0, ""), ended.err)
            return [(r["host"], r["t_ns"]) for r in map(json.loads, ended.out.splitlines())
                    if r["kind"] == "segment" and r["action"] == "sent" and r["len"] != 0]

        def times(host, segments):
            return [t for who, t in segments if who == host]

        one = sent("")
        self.assertEqual([who for who, _ in one], ["c", "s"])
        five = sent("requests: 5")
        self.assertEqual([who for who, _ in five], ["c", "s"] * 5)
        paced = times("c", sent("requests: {times: 4, think: 1s}"))
        gaps = {b - a for a, b in zip(paced, paced[1:])}
        self.assertEqual(gaps, {1_000_000_000 + 2_000_000})  # There and back takes 2 ms.
        late = sent("", ", reply_after: 300ms")
        self.assertEqual(late[1][1] - late[0][1], 301_000_000)
        clock = times("c", sent("requests: {times: 4, every: 10ms}", ", reply_after: 1s"))
        self.assertEqual({b - a for a, b in zip(clock, clock[1:])}, {10_000_000})
        random = times("c", sent("requests: {times: 500, think: {mean: 1s}}"))
        mean = (random[-1] - random[0]) / 499 / 1e9 - 0.002
        self.assertTrue(0.8 < mean < 1.2, mean)
        poisson = times("c", sent("requests: {times: 500, arrivals: 10/s}"))
        self.assertTrue(0.08 < (poisson[-1] - poisson[0]) / 499 / 1e9 < 0.12)

    def test_verbose_tells_what_the_scenario_is_about(self):
        out = run("run", self.web, "-v").out
        self.assertIn("\n# The server never leaves port 80.\n# Each reply finds", out)
        self.assertIn("[a1]", out)
        self.assertGreater(len(out), len(run("run", self.web).out))

    def test_absolute_sequence_numbers(self):
        self.assertIn("seq 0,", run("run", self.web).out)
        self.assertNotIn("seq 0,", run("run", self.web, "--absolute-seq").out)

    def test_colour(self):
        plain = run("run", self.web).out
        self.assertNotIn("\x1b", plain)
        always = run("run", self.web, "--color", "always").out
        self.assertIn("\x1b[", always)
        self.assertEqual(re.sub(r"\x1b\[[0-9;]*m", "", always), plain)
        self.assertEqual(run("run", self.web, "--color=never").out, plain)

    def test_until_ends_it_early(self):
        ended = run("run", self.web, "--until", "5ms")
        self.assertEqual(ended.status, 1)
        self.assertIn("not reached", ended.out)
        self.assertIn("0.005000 s simulated", ended.out)

    def test_many_hosts_are_counted(self):
        many = self.write("many.yaml", """\
scenario: 1
hosts:
  server: {ip: 10.0.0.1, count: 25, processes: {web: {listen: 80}}}
  idle: {ip: 10.1.0.1, processes: {nothing: {}}}
""")
        out = run("run", many).out
        self.assertIn("\nserver.19\n", out)
        self.assertNotIn("\nserver.20\n", out)
        self.assertNotIn("\nidle\n", out)
        self.assertIn("... and 5 more hosts\n", out)


class JsonLines(ProgramTest):
    def test_records(self):
        ended = run("run", self.web, "--format", "jsonl")
        self.assertEqual((ended.status, ended.err), (0, ""))
        records = ended.records()
        for record in records:
            self.assertEqual(list(record)[:2], ["t_ns", "kind"])
            self.assertIsInstance(record["t_ns"], int)
        kinds = [record["kind"] for record in records]
        self.assertEqual(set(kinds), {"segment", "demux", "state", "port", "call", "expect",
                                      "summary"})
        self.assertEqual(kinds[-4:], ["expect", "expect", "expect", "summary"])
        times = [record["t_ns"] for record in records[:-4]]
        self.assertEqual(times, sorted(times))

    def test_summary_counts_what_the_records_show(self):
        records = run("run", self.web, "-f", "jsonl").records()
        summary = records[-1]
        received = [r for r in records if r["kind"] == "segment" and r["action"] == "received"]
        self.assertEqual(summary["segments"], len(received))
        opened = [r for r in records if r["kind"] == "state" and r["to"] == "ESTABLISHED"]
        self.assertEqual(summary["connections"] * 2, len(opened))
        self.assertEqual(summary["failed_expectations"], 0)
        self.assertRegex(summary["fingerprint"], r"^[0-9a-f]{16}$")

    def test_failed_expectation(self):
        ended = run("run", self.web, "-f", "jsonl", *WRONG)
        self.assertEqual(ended.status, 1)
        (failed,) = [r for r in ended.records() if r["kind"] == "expect" and not r["held"]]
        self.assertEqual(failed["line"], 19)
        self.assertIn("ESTABLISHED", failed["found"])
        self.assertEqual(ended.records()[-1]["failed_expectations"], 1)

    def test_quiet(self):
        ended = run("run", self.web, "-q", "-f", "jsonl", *WRONG)
        self.assertEqual([r["kind"] for r in ended.records()], ["expect", "summary"])

    def test_no_colour_in_data(self):
        self.assertNotIn("\x1b", run("run", self.web, "-f", "jsonl", "--color=always").out)


class Scenario(ProgramTest):
    def test_standard_input(self):
        from_file = run("run", self.web, "-f", "jsonl").out
        self.assertEqual(run("run", "-", "-f", "jsonl", stdin=WEB).out, from_file)
        self.assertIn("<stdin>:20: held", run("run", "-", stdin=WEB).out)

    def test_same_bytes(self):
        for words in ([], ["-f", "jsonl"], ["--set", "style=announce"]):
            first = run("run", self.web, *words).out
            self.assertEqual(run("run", self.web, *words).out, first)

    def test_seed(self):
        """Initial sequence numbers are chance; the story is not."""
        absolute = [run("run", self.web, "--absolute-seq", "--seed", seed).out for seed in "12"]
        self.assertNotEqual(*absolute)
        self.assertEqual(run("run", self.web, "-s", "42", "-f", "jsonl").out,
                         run("run", self.web, "-f", "jsonl").out)

    def test_forged_data_is_noticed(self):
        # Without an end, both sides would correct each other for ever (RFC 9293 section 3.10.7.4).
        scenario = """\
scenario: 1
until: 1100ms
params: {seq: 0, ack: 0}
hosts:
  web:   {ip: 10.0.0.1, processes: {nginx: {listen: 80}}}
  alice: {ip: 10.0.0.2, processes: {curl: {}}}
timeline:
  - {at: 0, by: alice/curl, connect: "web:80", as: a}
  - {at: 1s, inject: {from: "alice:49152", to: "web:80", flags: ACK, seq: "${seq}",
                      ack: "${ack}", data: 9B}}
"""
        before = run("run", "-", "-f", "jsonl", stdin=scenario)
        self.assertEqual((before.status, before.err), (0, ""))
        hello = next(r for r in before.records() if r["kind"] == "segment" and
                     r["host"] == "web" and r["flags"] == ["ACK"])
        forged = run("run", "-", "--set", f"seq={hello['seq']}", "--set", f"ack={hello['ack']}",
                     stdin=scenario)
        self.assertEqual(forged.status, 0)
        self.assertIn("warning: processes received 9 bytes", forged.err)

    def test_parameters(self):
        announced = run("run", self.web, "--set", "style=announce", "-f", "jsonl").records()
        self.assertTrue(any(r["kind"] == "port" and r["host"] == "web" and
                            r["action"] == "allocated" for r in announced))
        self.assertEqual(run("run", self.web, "--set", "state=CLOSING",
                             "--set", "state=ESTABLISHED").status, 0)

    def test_a_broken_scenario(self):
        ended = run("run", self.broken)
        self.assert_usage_error(ended, f"{self.broken}:3:", "80800", "^^^^^", f"{self.broken}:4:",
                                "'adress'")
        self.assertNotIn("\x1b", ended.err)
        self.assertIn("\x1b[", run("run", self.broken, "--color", "always").err)

    def test_what_is_no_scenario(self):
        self.assert_usage_error(run("run", self.folder), "is a directory")
        self.assert_usage_error(run("run", self.folder / "none.yaml"), "No such file")
        self.assert_usage_error(run("run", "-", stdin=""), "<stdin>")


if __name__ == "__main__":
    main()
