#!/usr/bin/env python3
"""Every output of runs against which the network is: segments that are doubled, damaged, late,
cut off, or reported by ICMP."""

import collections

from program import ProgramTest, main, run

ROUGH = """
scenario: 1
title: Everything at once
seed: SEED
hosts:
  web: {ip: 10.0.0.1, processes: {nginx: {listen: {port: 80, reply: 20kB}}}}
  alice:
    ip: 10.0.0.11
    processes: {browser: {connect: {to: "web:80", times: 20, every: 50ms, request: 100B}}}
network:
  {delay: 10ms, rate: 10Mbit/s, queue: 4, loss: 2%, jitter: 5ms, duplicate: 5%, reorder: 5%,
   corrupt: 5%}
timeline:
  - {at: 300ms, link: web, down: true}
  - {at: 500ms, link: web, up: true}
  - {at: 700ms, partition: [alice, web]}
  - {at: 900ms, heal: true}
tcp: {msl: 1s}
"""

# Segments of nobody that nobody can take on, on the way and at the end of it.
STRANGERS = """
scenario: 1
hosts: {web: {ip: 10.0.0.1, processes: {nginx: {listen: 80}}}, mallory: {ip: 10.0.0.66}}
timeline:
  - {at: 0, by: mallory, inject: {from: "203.0.113.9:1", to: "web:80", flags: SYN}}
  - {at: 1ms, by: mallory, inject: {from: "203.0.113.9:1", to: "203.0.113.8:80", flags: SYN}}
until: 2s
"""

ROUTED = """
scenario: 1
hosts:
  alice: {ip: 10.1.0.1, processes: {curl: {}}}
  web: {ip: 10.2.0.1, processes: {nginx: {listen: 80}}}
network:
  nodes:
    near: {kind: router, prefixes: 10.1.0.0/16, default: far}
    far: {kind: router, prefixes: 10.2.0.0/16}
  links: [{between: [alice, near]}, {between: [near, far]}, {between: [far, web]}]
timeline:
  - {at: 0, by: alice/curl, connect: "10.2.0.99:80", as: a}
  - {at: 1ms, inject: {from: "alice:9", to: "10.9.9.9:9", flags: ACK}}
  - {at: 5ms, by: alice, inject: {icmp: time-exceeded, from: 192.0.2.1,
     quote: {from: "web:80", to: "alice:9"}}}
until: 500ms
"""


class Outputs(ProgramTest):
    def every_output(self, path):
        """Each way to look at a run ends well; returns what stands in the text and in the page."""
        files = {option: self.folder / f"out{suffix}" for option, suffix in (
            ("--pcap", ".pcapng"), ("--html", ".html"), ("--ladder", ".svg"))}
        options = [word for option, file in files.items() for word in (option, file)]
        text = run("run", path, "--verbose", *options)
        self.assertEqual((text.status, text.err), (0, ""))
        for words in (["run", path, "--stats"], ["explain", path], ["ss", path, "--at", "400ms"],
                      ["run", path, "--ladder", self.folder / "out.txt"],
                      ["run", path, "--pcap", self.folder / "x.pcapng", "--pcap-host", "web"]):
            ended = run(*words)
            self.assertEqual((ended.status, ended.err), (0, ""), words)
        return text.out, files["--html"].read_text(encoding="utf-8")

    def test_a_rough_network(self):
        """Whatever chance has in store, every byte arrives once, and every drop has its reason."""
        reasons = collections.Counter()
        for seed in range(1, 6):
            path = self.write("rough.yaml", ROUGH.replace("SEED", str(seed)))
            records = run("run", path, "-f", "jsonl").records()
            arrivals = collections.Counter()
            for record in records:
                if record["kind"] != "segment":
                    continue
                if record["action"] == "dropped":
                    reasons[record["reason"]] += 1
                    if record["reason"] == "checksum":
                        self.assertIn("damaged", record)
                if record["action"] == "received":
                    arrivals[record["id"]] += 1
            self.assertEqual(set(arrivals.values()), {1, 2})
            looked_up = sum(record["kind"] == "demux" for record in records)
            damaged = sum(record.get("reason") == "checksum" for record in records)
            again = sum(record["kind"] == "demux" and record["rule"] == "time-wait"
                        for record in records)
            self.assertLessEqual(looked_up - again, sum(arrivals.values()) - damaged)
            finished = [record for record in records
                        if record["kind"] == "state" and record["from"] == "TIME-WAIT"]
            self.assertGreaterEqual(len(finished), 20)
        for reason in ("loss", "queue-full", "link-down", "partition", "checksum"):
            self.assertGreater(reasons[reason], 0, reason)

    def test_every_output_of_a_rough_network(self):
        text, page = self.every_output(self.write("rough.yaml", ROUGH.replace("SEED", "1")))
        self.assertIn("bad checksum", text)
        self.assertIn("(dropped: partition)", text)
        self.assertIn("its checksum is wrong", page)

    def test_segments_of_strangers(self):
        text, _ = self.every_output(self.write("strangers.yaml", STRANGERS))
        self.assertRegex(text, r"\n0\.002000  \(network\)  203\.0\.113\.9:1 > "
                               r"203\.0\.113\.8:80 .*no-route")
        dropped = [record for record in
                   run("run", self.folder / "strangers.yaml", "-f", "jsonl").records()
                   if record.get("action") == "dropped"]
        self.assertIn(None, {record["host"] for record in dropped})

    def test_errors_of_routers(self):
        path = self.write("routed.yaml", ROUTED)
        text, page = self.every_output(path)
        self.assertIn("ICMP host 10.2.0.99 unreachable, quotes 10.1.0.1:49152 > 10.2.0.99:80", text)
        self.assertIn('"host-unreachable"', page)
        told = run("explain", path).out
        self.assertIn("found the connection 10.1.0.1:49152 - 10.2.0.99:80, as the error quotes it",
                      told)
        self.assertIn("no connection of this host has sent what it quotes", told)
        errors = [record for record in run("run", path, "-f", "jsonl").records()
                  if "icmp" in record]
        self.assertEqual([(record["icmp"], record["quoted_dst"]) for record in errors],
                         [("host-unreachable", "10.2.0.99"), ("net-unreachable", "10.9.9.9"),
                          ("time-exceeded", "10.1.0.1"), ("time-exceeded", "10.1.0.1")])


if __name__ == "__main__":
    main()
