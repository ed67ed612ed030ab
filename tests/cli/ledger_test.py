#!/usr/bin/env python3
"""The ledger of ports: against the socket table of the same instant, and where it can be counted by
hand."""

import json
import pathlib
import time

from program import ProgramTest, main, run

SCENARIOS = pathlib.Path(__file__).resolve().parents[2] / "scenarios"

# Ports 50000 to 50009; one is reserved, one is held by number, one by a listener.
COUNTED = """\
scenario: 1
hosts:
  web:   {ip: 10.0.0.1, processes: {nginx: {listen: [80, 443]}}}
  alice:
    ip: 10.0.0.11
    ephemeral: {range: 50000-50009, reserved: [50001]}
    processes: {browser: {}, server: {listen: 50009}}
  bob:   {ip: 10.0.0.12, processes: {browser: {}}}
network: {delay: 1ms}
tcp: {msl: 10s}
timeline:
  - {at: 0ms,  by: alice/browser, bind: "*:50005", as: held}
  - {at: 1ms,  by: alice/browser, connect: "web:80", as: a, times: 3, every: 1ms}
  - {at: 10ms, by: alice/browser, connect: "web:443", as: b}
  - {at: 11ms, by: bob/browser, connect: "alice:50009", times: 5, every: 1ms}
  - {at: 50ms, socket: b, close: true}
  - {at: 60ms, socket: b.peer, close: true}
"""

# Many connections to one port.
CROWD = """\
scenario: 1
hosts:
  web:    {ip: 10.0.0.1, processes: {nginx: {listen: {port: 80, backlog: 100000}}}}
  client: {ip: 10.0.1.1, count: 20,
           processes: {load: {connect: {to: "web:80", times: 1000, every: 10us, hold: 100s}}}}
network: {delay: 1ms}
until: 1s
"""


def ledger(path, at, host):
    ended = run("ledger", path, "--at", at, "--host", host, "-f", "json")
    assert (ended.status, ended.err) == (0, ""), ended.err
    (entry,) = json.loads(ended.out)["hosts"]
    return entry


class Ledger(ProgramTest):
    def test_it_agrees_with_the_socket_table(self):
        for name, at in [("web-server", "39ms"), ("time-wait", "20s"), ("hand-off", "45ms"),
                         ("ephemeral-exhaustion", "55ms"), ("port-reuse", "78ms")]:
            with self.subTest(name):
                path = SCENARIOS / f"{name}.yaml"
                expected = {}
                for row in run("ss", path, "--at", at, "-f", "jsonl").records():
                    port = int(row["local"].rsplit(":", 1)[1])
                    state = "bound" if row["state"] == "CLOSED" else row["state"]
                    states = expected.setdefault((row["host"], port), {})
                    states[state] = states.get(state, 0) + 1
                found = {(row["host"], row["port"]): row["states"]
                         for row in run("ledger", path, "--at", at, "-f", "jsonl").records()
                         if row["kind"] == "port-in-use"}
                self.assertEqual(found, expected)

    def test_what_is_left(self):
        alice = ledger(self.write("counted.yaml", COUNTED), "40ms", "alice")
        self.assertEqual(alice["ephemeral"], {"first": 50000, "last": 50009, "size": 10,
                                              "reserved": 1, "bound": 2, "free": 7})
        self.assertEqual(alice["destinations"], [
            {"source": "10.0.0.11", "destination": "10.0.0.1:80", "used": 3, "free": 4},
            {"source": "10.0.0.11", "destination": "10.0.0.1:443", "used": 1, "free": 6}])
        ports = {port["port"]: port for port in alice["ports"]}
        self.assertEqual(ports[50005]["states"], {"bound": 1})
        self.assertEqual(ports[50009]["states"], {"LISTEN": 1, "ESTABLISHED": 5})
        self.assertEqual([ports[50009]["owners"][0][key] for key in ("process", "descriptors")],
                         ["alice/server", 6])

    def test_connect_agrees(self):
        steps = "  - {at: 20ms, by: alice/browser, connect: 'web:80', as: c, times: 5, every: 1ms}"
        path = self.write("full.yaml", f"{COUNTED}{steps}\n")
        answers = [row["result"] for row in run("run", path, "-f", "jsonl").records()
                   if row["kind"] == "call" and row["call"] == "connect"
                   and row["result"] == "EADDRNOTAVAIL"]
        self.assertEqual(len(answers), 1)  # Four are left, the fifth gets none.
        self.assertEqual(ledger(path, "40ms", "alice")["destinations"][0]["free"], 0)

    def test_taken_and_free(self):
        path = SCENARIOS / "time-wait.yaml"
        (port,) = ledger(path, "20s", "alice")["ports"]
        self.assertEqual([port[key] for key in ("port", "class", "states", "taken_ns", "how")],
                         [50000, "ephemeral", {"TIME-WAIT": 1}, 0, "bound"])
        self.assertEqual((port["owners"], port["taken_by"]), ([], "alice/browser"))
        freed = port["free_ns"]
        released = [row["t_ns"] for row in run("run", path, "-f", "jsonl").records()
                    if row["kind"] == "port" and row["action"] == "released"
                    and row["port"] == 50000]
        self.assertEqual(released[0], freed)
        (again,) = ledger(path, "41s", "alice")["ports"]
        self.assertEqual((again["taken_ns"], again["free_ns"]), (40_000_000_000, None))
        self.assertEqual(ledger(path, "35s", "alice")["ports"], [])

    def test_a_port_that_connect_chose_for_a_bound_socket(self):
        ports = ledger(SCENARIOS / "port-reuse.yaml", "78ms", "alice")["ports"]
        self.assertEqual([port["taken_ns"] for port in ports], [70_000_000, 71_000_000])

    def test_text(self):
        ended = run("ledger", SCENARIOS / "web-server.yaml", "--at", "39ms")
        self.assertEqual((ended.status, ended.err), (0, ""))
        parts = [part.splitlines() for part in ended.out.split("\n\n")]
        self.assertEqual([lines[0] for lines in parts], ["web", "alice", "bob"])
        for lines in parts:
            heading, row = lines[1], lines[2]
            self.assertEqual(heading.index("Owner"), row.rindex("  ", 0, row.index("(pid")) + 2)
        for words in ("well-known", "http", "LISTEN, 3 ESTABLISHED", "nginx (pid 101, fd 3",
                      "when closed"):
            self.assertIn(words, parts[0][2])
        self.assertNotIn("\x1b", ended.out)
        self.assertIn("\x1b", run("ledger", self.web, "--color", "always").out)

    def test_a_crowd_is_one_line(self):
        path = self.write("crowd.yaml", CROWD)
        began = time.monotonic()
        text = run("ledger", path, "--host", "web").out
        self.assertLess(time.monotonic() - began, 30)
        self.assertEqual(len(text.splitlines()), 4)
        self.assertIn("LISTEN, 20000 ESTABLISHED", text)

    def test_usage(self):
        self.assert_usage_error(run("ledger", self.web, "--host", "alcie"), "did you mean 'alice'?")
        self.assert_usage_error(run("ledger", self.web, "--timers"), "option of ss")


if __name__ == "__main__":
    main()
