#!/usr/bin/env python3
"""`demuxsim verify`: every scenario with a timeline agrees with the kernel of this machine, those
that cannot be replayed say why, and what the simulator is told to do otherwise is found.
"""

import concurrent.futures
import json
import pathlib
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import unittest

from network_namespaces import skip_without_namespaces

PROGRAM = str(pathlib.Path(sys.argv[1]).resolve())
SCENARIOS = pathlib.Path(__file__).resolve().parents[2] / "scenarios"
AT_ONCE = 4  # They mostly wait.
PATIENCE = 120  # Seconds, after which a program hangs.

# What is not replayed as its file stands, and what verify says of it.
NOT_REPLAYED = {
    "long-fat-link": "sends more than 16 MiB at once",
    "reuseport-workers": "it has no timeline",
    "rss-queues": "it has no timeline",
    "star": "it has no timeline",
    "tpca": "it has no timeline",
    "routed-campus": "lab/app has a workload",
    "partition": "changes the network",
    "syn-flood": "injects what is not replayed",
    "unreachable": "injects what is not replayed",
}

# What is replayed and does differ: once segments are lost in a full queue, Linux recovers by the time
# that has passed (RACK, RFC 8985), the simulator by what SACK counts (RFC 6675).
DIFFERS = ["congested-link"]

# Settings under which others are not either.
NOT_REPLAYED_WITH = [
    ("hand-off", ["style=announce"], "setup: announce"),
    ("hand-off", ["style=switch-port"], "setup: switch-port"),
    ("web-server", ["profile=textbook"], "textbook profile"),
]

# What no file of scenarios/ has: routers, a small MSS, a slow line with a short queue, replies that
# take their time, processes that end.
ROUTED = """\
scenario: 1
params: {mss: 1460}
hosts:
  web: {ip: 10.1.0.1, processes: {nginx: {listen: {port: 80, reply: 3000B, reply_after: 30ms}}}}
  alice: {ip: 10.2.0.1, processes: {app: {}}}
network:
  nodes:
    core: {kind: router, prefixes: 10.1.0.0/16}
    edge: {kind: router, prefixes: 10.2.0.0/16, default: core}
    floor: {kind: switch}
  links:
    - {between: [web, core], delay: 1ms}
    - {between: [core, edge], delay: 5ms, rate: 10Mbit/s}
    - {between: [edge, floor], delay: 1ms}
    - {between: [floor, alice], delay: 1ms}
tcp: {mss: "${mss}"}
timeline:
  - {at: 0,     by: alice/app, connect: "web:80", as: a, times: 2, every: 1ms, expect: ok}
  - {at: 50ms,  socket: a.0, send: 100B}
  - {at: 150ms, socket: a.0, close: true}
  - {at: 200ms, exit: web/nginx}
  - {at: 300ms, socket: a.1, send: 10B}
  - {at: 350ms, socket: a.1, send: 10B, expect: EPIPE}
  - {at: 400ms, by: alice/app, connect: "web:80", expect: ECONNREFUSED}
expect:
  - {at: 250ms, count: {host: alice, state: CLOSE-WAIT}, equals: 1}
"""

# Slow start, and again after a pause.
BULK = """\
scenario: 1
hosts:
  web: {ip: 10.0.0.1, processes: {nginx: {listen: {port: 80, reply: 200KiB}}}}
  alice: {ip: 10.0.0.11, processes: {app: {}}}
network: {delay: 10ms, rate: 100Mbit/s}
timeline:
  - {at: 0,      by: alice/app, connect: "web:80", as: a, expect: ok}
  - {at: 50ms,   socket: a, send: 100B}
  - {at: 900ms,  socket: a, send: 100B}
  - {at: 1500ms, socket: a, close: true}
"""

# Many small sends, and requests with replies: Nagle, quick and delayed acknowledgements.
SMALL = """\
scenario: 1
hosts:
  web: {ip: 10.0.0.1, processes: {sink: {listen: 80}, echo: {listen: {port: 7, reply: 10B}}}}
  alice: {ip: 10.0.0.11, processes: {app: {}}}
network: {delay: 10ms}
timeline:
  - {at: 0,     by: alice/app, connect: "web:80", as: sink, expect: ok}
  - {at: 0,     by: alice/app, connect: "web:7", as: echo, expect: ok}
  - {at: 50ms,  socket: sink, send: 100B, times: 10, every: 3ms}
  - {at: 50ms,  socket: echo, send: 100B, times: 10, every: 3ms}
  - {at: 200ms, socket: sink, send: 3000B}
  - {at: 200ms, socket: echo, send: 3000B}
  - {at: 300ms, socket: echo, send: 100B, times: 10, every: 30ms}
  - {at: 900ms, socket: sink, close: true}
  - {at: 900ms, socket: echo, close: true}
"""

# A full backlog of a process that does not accept, and its end.
LAZY = """\
scenario: 1
hosts:
  web: {ip: 10.0.0.1, processes: {lazy: {listen: {port: 80, backlog: 1, accept: false}}}}
  alice: {ip: 10.0.0.11, processes: {app: {}}}
network: {delay: 10ms}
timeline:
  - {at: 0,      by: alice/app, connect: "web:80", as: a, times: 3, every: 50ms}
  - {at: 400ms,  socket: a.0, send: 100B}
  - {at: 450ms,  socket: a.2, send: 100B}   # It has to wait for its connection.
  - {at: 500ms,  socket: a.0, close: true}
  - {at: 1600ms, exit: web/lazy}
  - {at: 1700ms, socket: a.1, send: 10B, expect: ECONNRESET}
expect:
  - {at: 300ms, count: {host: alice, state: ESTABLISHED}, equals: 2}
"""

# A SYN that nobody answers, sent again after this time; no kernel can be told.
IMPATIENT = """\
scenario: 1
params: {rto: 1s}
until: 2s
hosts: {alice: {ip: 10.0.0.1, processes: {app: {}}}}
tcp: {rto_initial: "${rto}"}
timeline: [{at: 0, by: alice/app, connect: "10.0.0.99:80", as: a}]
"""


def verify(path, *options):
    return subprocess.run([PROGRAM, "verify", str(path), "--against", "kernel", *options],
                          capture_output=True, text=True, timeout=PATIENCE, check=False)


class Verify(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)

    def written(self, text):
        path = self.folder / "test.yaml"
        path.write_text(text, encoding="utf-8")
        return path

    def test_timelines_agree_with_the_kernel(self):
        paths = [path for path in sorted(SCENARIOS.glob("*.yaml")) if path.stem not in [*NOT_REPLAYED, *DIFFERS]]
        with concurrent.futures.ThreadPoolExecutor(AT_ONCE) as pool:
            results = list(pool.map(lambda path: verify(path, "--quiet"), paths))
        for path, result in zip(paths, results):
            with self.subTest(path.stem):
                self.assertEqual((result.returncode, result.stderr), (0, ""), result.stdout)
                self.assertIn(f"{path.stem}.yaml: agrees with Linux ", result.stdout)

    def test_what_cannot_be_replayed_says_why(self):
        cases = [(name, [], reason) for name, reason in NOT_REPLAYED.items()]
        for name, settings, reason in cases + NOT_REPLAYED_WITH:
            options = [word for setting in settings for word in ("--set", setting)]
            with self.subTest(name, settings=settings):
                result = verify(SCENARIOS / f"{name}.yaml", *options)
                self.assertEqual((result.returncode, result.stdout), (2, ""))
                self.assertIn(f"{name}.yaml cannot be replayed: ", result.stderr)
                self.assertIn(reason, result.stderr)
                as_json = verify(SCENARIOS / f"{name}.yaml", "--format", "json", *options)
                self.assertEqual(as_json.returncode, 2)
                self.assertIn(reason, json.loads(as_json.stdout)["cannot_be_replayed"])

    def test_what_no_file_of_ours_has(self):
        for name, text, options in [("routed", ROUTED, []),
                                    ("small mss", ROUTED, ["--set", "mss=536"]),
                                    ("bulk", BULK, []), ("small", SMALL, []), ("lazy", LAZY, [])]:
            with self.subTest(name):
                result = verify(self.written(text), "--quiet", *options)
                self.assertEqual((result.returncode, result.stderr), (0, ""), result.stdout)

    def test_another_timeout_is_found(self):
        path = self.written(IMPATIENT)
        self.assertEqual(verify(path).returncode, 0)
        result = verify(path, "--set", "rto=300ms")
        self.assertEqual(result.returncode, 1, result.stderr)
        self.assertRegex(result.stdout, r"! > 0\.300000 \[S\] seq 0 .* DIFFERS")
        self.assertIn("test.yaml: DIFFERS from Linux ", result.stdout)

    def test_json_has_both_sides(self):
        result = verify(SCENARIOS / "web-server.yaml", "--format", "json")
        self.assertEqual(result.returncode, 0, result.stdout)
        shown = json.loads(result.stdout)
        self.assertTrue(shown["agrees"])
        self.assertEqual(shown["differences"], 0)
        self.assertEqual([call["kernel"] for call in shown["calls"]], ["ok"] * 8)
        self.assertEqual(len(shown["connections"]), 3)
        syn = shown["connections"][0]["segments"][0]
        self.assertEqual(syn["verdict"], "same")
        for side in ("simulator", "kernel"):
            self.assertEqual(syn[side]["flags"], ["SYN"])
        sockets = shown["tables"][-1]["sockets"]
        self.assertTrue(all(each["simulator"] and each["kernel"] for each in sockets))

    def test_the_rest_is_left_out(self):
        result = verify(SCENARIOS / "web-server.yaml", "--until", "50ms")
        self.assertEqual(result.returncode, 0, result.stdout)
        self.assertIn("note: 4 calls after the end are left out", result.stdout)

    def test_an_interrupt_ends_it(self):
        program = subprocess.Popen(
            [PROGRAM, "verify", str(SCENARIOS / "closed-port.yaml"), "--against", "kernel"],
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        time.sleep(1)
        program.send_signal(signal.SIGINT)
        output, _ = program.communicate(timeout=PATIENCE)
        self.assertEqual((program.returncode, output), (130, ""))

    def test_others_than_root_are_told(self):
        self.folder.chmod(0o755)
        program = self.folder / "demuxsim"
        shutil.copy(PROGRAM, program)
        program.chmod(0o755)
        path = self.written(IMPATIENT)
        result = subprocess.run([program, "verify", path, "--against", "kernel"], user=65534,
                                capture_output=True, text=True, timeout=PATIENCE, check=False)
        self.assertEqual((result.returncode, result.stdout), (3, ""))
        self.assertEqual(result.stderr, "demuxsim: the kernel cannot be asked: only root may make "
                                        "network namespaces and TUN devices\n")

    def test_nothing_outside_is_touched(self):
        def seen_from_here():
            devices = pathlib.Path("/proc/net/dev").read_text(encoding="ascii").splitlines()
            ports = pathlib.Path("/proc/sys/net/ipv4/ip_local_port_range")
            return [line.split(":")[0] for line in devices], ports.read_text(encoding="ascii")
        before = seen_from_here()
        result = verify(SCENARIOS / "ephemeral-exhaustion.yaml", "--until", "100ms")
        self.assertEqual(result.returncode, 0, result.stdout)
        self.assertEqual(seen_from_here(), before)


if __name__ == "__main__":
    skip_without_namespaces()
    unittest.main(argv=sys.argv[:1])
