#!/usr/bin/env python3
"""The commands that answer questions about a scenario or about ports."""

import json
import shutil
import subprocess
import unittest
from xml.etree import ElementTree

from program import BROKEN, WEB, ProgramTest, main, run

CAMPUS = """\
scenario: 1
title: A campus with "two" buildings
hosts:
  web:    {ip: 10.1.0.10, processes: {nginx: {listen: [80, 443]}, sshd: {listen: 22}}}
  desk:   {ip: 10.2.0.1, count: 40, processes: {browser: {}}}
network:
  nodes:
    core:   {kind: router, prefixes: [10.1.0.0/16], default: border}
    border: {kind: router, prefixes: [10.2.0.0/16]}
    floor:  {kind: switch}
  links:
    - {between: [web, core], delay: 50us, rate: 40Gbit/s}
    - {between: [core, border], delay: 2ms, rate: 10Gbit/s}
    - {between: [border, floor], delay: 100us, rate: 1Gbit/s, loss: 1%}
    - {between: [desk, floor], delay: 1500us}
"""


class Check(ProgramTest):
    def test_good_files(self):
        ended = run("check", self.web, self.long)
        self.assertEqual((ended.status, ended.err), (0, ""))
        self.assertEqual(ended.out.splitlines(), [
            f"{self.web}: ok (3 hosts, 3 processes, 4 steps, 2 expectations)",
            f"{self.long}: ok (21 hosts, 21 processes, 0 steps, 0 expectations)"])
        self.assertEqual(run("check", self.web, "--quiet").out, "")

    def test_all_files_and_all_mistakes(self):
        ended = run("check", self.broken, self.web, self.folder / "none.yaml")
        self.assertEqual(ended.status, 2)
        for part in (f"{self.broken}:3:", f"{self.broken}:4:", "none.yaml", "did you mean"):
            self.assertIn(part, ended.err)
        self.assertEqual(len(ended.out.splitlines()), 1)

    def test_as_data(self):
        ended = run("check", self.broken, self.web, self.folder, "--format", "jsonl")
        self.assertEqual((ended.status, ended.err), (2, ""))
        records = ended.records()
        for record in records:
            self.assertEqual(list(record), ["file", "line", "column", "length", "message", "help",
                                            "notes"])
        port = next(r for r in records if "80800" in r["message"])
        line = BROKEN.splitlines()[port["line"] - 1]
        self.assertEqual(line[port["column"] - 1:][:port["length"]], "80800")
        self.assertEqual({r["file"] for r in records}, {str(self.broken), str(self.folder)})
        self.assertIsNone(records[-1]["line"])

    def test_standard_input_and_parameters(self):
        self.assertTrue(run("check", "-", stdin=WEB).out.startswith("<stdin>: ok ("))
        self.assertEqual(run("check", self.web, "--set", "style=sideways").status, 2)


class Explain(ProgramTest):
    def test_words(self):
        ended = run("explain", self.web)
        self.assertEqual((ended.status, ended.err), (0, ""))
        self.assertTrue(ended.out.startswith("# One well-known port, two browsers\n\n"))
        for word in ("nginx", "http", "4-tuple", "listener"):
            self.assertIn(word, ended.out)
        self.assertNotIn("expected:", run("explain", self.web, "--set", "state=CLOSING").out)

    def test_until(self):
        self.assertLess(len(run("explain", self.web, "--until", "15ms").out),
                        len(run("explain", self.web).out))

    def test_one_segment(self):
        """Of each segment the paragraph, and nothing else, that the whole explanation has."""
        whole = run("explain", self.web).out.split("\n\n")[1:]
        received = [record["id"] for record in run("run", self.web, "-f", "jsonl").records()
                    if record["kind"] == "demux"]
        self.assertEqual(len(received), len(whole))
        for number, paragraph in zip(received, whole):
            ended = run("explain", self.web, "--segment", number)
            self.assertEqual((ended.status, ended.out.strip()), (0, paragraph.strip()))

    def test_one_socket(self):
        a1 = run("explain", self.web, "--socket", "a1").out
        b1 = run("explain", self.web, "--socket", "b1.peer").out
        whole = run("explain", self.web).out.split("\n\n")[1:]
        self.assertEqual(sorted(part.strip() for part in (a1 + "\n" + b1).split("\n\n")),
                         sorted(part.strip() for part in whole))
        self.assertIn("10.0.0.11", a1)
        self.assertNotIn("10.0.0.12", a1)

    def test_what_is_not_there(self):
        self.assert_usage_error(run("explain", self.web, "--segment", "99"), "no segment 99",
                                "segments 1 to ")
        self.assert_usage_error(run("explain", self.web, "--segment", "0"), "no segment 0")
        self.assert_usage_error(run("explain", self.web, "--segment", "x"), "no whole number")
        self.assert_usage_error(run("explain", self.web, "--socket", "a2"), "did you mean 'a1'?")
        self.assert_usage_error(run("explain", self.web, "--socket", "a1.7"), "no segment")
        self.assert_usage_error(run("explain", self.web, "--socket", ".first"), "no socket")


class SocketStatistics(ProgramTest):
    def test_at_a_time(self):
        ended = run("ss", self.web, "--at", "39ms")
        self.assertEqual((ended.status, ended.err), (0, ""))
        tables = dict(part.split("\n", 1) for part in ended.out.strip().split("\n\n"))
        self.assertEqual(list(tables), ["web", "alice", "bob"])
        self.assertEqual(tables["web"].count("ESTAB"), 2)
        self.assertIn('users:(("nginx",pid=101,fd=3))', tables["web"])
        self.assertIn("LISTEN", tables["web"])
        self.assertEqual(tables["alice"].count("ESTAB"), 1)

    def test_the_start_and_the_end(self):
        self.assertNotIn("ESTAB", run("ss", self.web, "--at", "0ms").out)
        end = run("ss", self.web).out
        self.assertEqual(end.count("ESTAB"), 2)  # bob's connection, at both ends.

    def test_one_host(self):
        bob = run("ss", self.web, "--host", "bob", "--at", "39ms")
        self.assertTrue(bob.out.startswith("bob\nState"))
        long = run("ss", self.long, "--at", "1ms", "--host", "client", "-f", "json")
        self.assertEqual(len(json.loads(long.out)["hosts"]), 20)
        one = run("ss", self.long, "--at", "1ms", "--host", "client.7", "-f", "json")
        self.assertEqual([h["host"] for h in json.loads(one.out)["hosts"]], ["client.7"])
        self.assert_usage_error(run("ss", self.web, "--host", "alcie"), "did you mean 'alice'?")
        self.assert_usage_error(run("ss", self.long, "--host", "client.20"), "client.20")

    def test_as_data(self):
        table = json.loads(run("ss", self.web, "--at", "39ms", "-f", "json").out)
        self.assertEqual(table["t_ns"], 39_000_000)
        lines = run("ss", self.web, "--at", "39ms", "-f", "jsonl").records()
        rows = [{"t_ns": table["t_ns"], "kind": "socket", "host": host["host"], **row}
                for host in table["hosts"] for row in host["sockets"]]
        self.assertEqual(lines, rows)
        self.assertEqual(sum(row["state"] == "ESTABLISHED" for row in rows), 4)

    def test_timers(self):
        self.assertNotIn("timer:", run("ss", self.web, "--at", "5ms").out)
        self.assertIn("timer:(on,", run("ss", self.web, "--at", "5ms", "--timers").out)


class Ports(ProgramTest):
    def test_queries(self):
        ended = run("ports", "443", "http", "49152-65535")
        self.assertEqual((ended.status, ended.err), (0, ""))
        for word in ("443: well-known", "https", "80: well-known", "ephemeral"):
            self.assertIn(word, ended.out)

    def test_as_data(self):
        (port,) = json.loads(run("ports", "22", "--format", "json").out)
        self.assertEqual((port["port"], port["class"]), (22, "well-known"))
        lines = run("ports", "22", "ssh", "-f", "jsonl").records()
        self.assertEqual({record["port"] for record in lines}, {22})

    def test_nonsense(self):
        ended = run("ports", "htpp", "80")
        self.assertEqual(ended.status, 2)
        self.assertIn("did you mean", ended.err)
        self.assertIn("80: well-known", ended.out)
        self.assertEqual(run("ports", "65536").status, 2)


class Graph(ProgramTest):
    def test_a_shared_switch(self):
        ended = run("graph", self.web)
        self.assertEqual((ended.status, ended.err), (0, ""))
        for part in ("graph demuxsim {", "10.0.0.1", "nginx", "http", "10ms, 100Mbit/s"):
            self.assertIn(part, ended.out)
        self.assertEqual(ended.out.count(" -- "), 3)

    def test_a_routed_network(self):
        campus = self.write("campus.yaml", CAMPUS)
        out = run("graph", campus).out
        for part in (r"desk\ x40", "10.2.0.1\\ ..\\ 10.2.0.40", "10.1.0.0/16", "2ms, 10Gbit/s",
                     "1.5ms", "loss 1%", r"\"two\"", r"*:443\ https", r"*:22\ ssh"):
            self.assertIn(part, out)

    @unittest.skipUnless(shutil.which("dot"), "Graphviz is not installed")
    def test_graphviz_takes_it(self):
        for scenario in (self.web, self.long, self.write("campus.yaml", CAMPUS)):
            drawn = subprocess.run(["dot", "-Tplain"], input=run("graph", scenario).out.encode(),
                                   capture_output=True, check=True, timeout=60)
            self.assertEqual(drawn.stderr, b"")
            self.assertTrue(drawn.stdout.startswith(b"graph "))

    def test_a_picture(self):
        """Well-formed, with every host, process and port, and no markup of a hostile title."""
        hostile = WEB.replace("title: One well-known port, two browsers",
                              "title: \"</title><script>alert('1')</script>\"")
        ended = run("graph", "-", "--format", "svg", stdin=hostile)
        self.assertEqual((ended.status, ended.err), (0, ""))
        root = ElementTree.fromstring(ended.out)
        texts = [element.text for element in root.iter("{http://www.w3.org/2000/svg}text")]
        for text in ("web", "alice", "bob", "10.0.0.11", "browser", "nginx  *:80 http", "80"):
            self.assertIn(text, texts)
        self.assertEqual(list(root.iter("{http://www.w3.org/2000/svg}script")), [])
        self.assertIn("alert('1')", texts[0])
        self.assertEqual(ended.out, run("graph", "-", "-f", "svg", stdin=hostile).out)



if __name__ == "__main__":
    main()
