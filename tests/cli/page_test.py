#!/usr/bin/env python3
"""The model in a page says the same of every segment as the program's other outputs."""

import json
import re
import sys

import program

SCENARIOS = program.pathlib.Path(__file__).resolve().parent.parent.parent / "scenarios"
RECEIVED = 1


def model_of(page):
    found = re.findall(r'<script type="application/json" id="run-\d+">(.*?)</script>', page, re.S)
    return [json.loads(text) for text in found]


def lookups_of(model):
    """What the page says of each look-up, as records of kind demux have it."""
    words, hosts = model["words"], model["hosts"]
    for moment in model["moments"]:
        if "d" not in moment:
            continue
        rule, connections, listeners, process, fd = moment["d"][:5]
        segment = model["segments"][moment["s"]]
        host = words[hosts[moment["h"]][0]]
        name = f"{host}/{words[model['processes'][process][1]]}" if process >= 0 else None
        yield {"t_ns": moment["t"], "id": segment[0], "host": host, "process": name,
               "pid": model["processes"][process][2] if process >= 0 else None,
               "fd": fd if fd >= 0 else None, "rule": model["rules"][rule],
               "examined_connections": connections, "examined_listeners": listeners}


def explanations_of(model):
    """The paragraphs of `demuxsim explain` about look-ups, put together from the page."""
    words = model["words"]
    for moment in model["moments"]:
        if "d" not in moment:
            continue
        rule, connections, listeners, _, _, verdict, note, steps = moment["d"]
        lines = []
        for number, (name, sentence, details) in enumerate(steps, start=1):
            lines.append(f"  {number}. {words[name]:<12}{words[sentence]}")
            lines += [f"{'':17}{words[text]}" for _, text in details]
        lines.append(f"  => {words[verdict]} [{model['rules'][rule]}, "
                     f"examined {connections}+{listeners}]")
        lines.append(f"     {words[note]}")
        yield lines


class PageTest(program.ProgramTest):
    def page(self, scenario, *options):
        path = self.folder / "page.html"
        ended = program.run("run", scenario, "--quiet", "--html", path, *options)
        self.assertLessEqual(ended.status, 1, ended.err)
        return path.read_text()

    def check_against_records(self, name, *options):
        scenario = SCENARIOS / name
        model, = model_of(self.page(scenario, *options))
        records = program.run("run", scenario, "--format", "jsonl", *options).records()
        told = list(lookups_of(model))
        said = [{key: record[key] for key in told[0]} for record in records
                if record["kind"] == "demux"]
        if "gap" in model:
            first = sum("d" in moment for moment in model["moments"][:model["gap"]["moment"]])
            said = said[:first] + said[len(said) - (len(told) - first):]
        self.assertEqual(told, said)
        # What a router reports is not seen before it arrives.
        sent = {record["id"] for record in records if record["kind"] == "segment" and
                (record["action"] == "sent" or "icmp" in record)}
        self.assertLessEqual({segment[0] for segment in model["segments"]}, sent)
        return model

    def test_receivers_are_those_of_the_records(self):
        for name in ("web-server.yaml", "lossy-link.yaml", "routed-campus.yaml", "ipv6.yaml",
                     "many-processes.yaml", "time-wait.yaml", "closed-port.yaml"):
            with self.subTest(name):
                self.assertNotIn("gap", self.check_against_records(name))
        for style in ("same-port", "announce", "switch-port"):
            with self.subTest(style):
                self.check_against_records("hand-off.yaml", "--set", f"style={style}")

    def test_of_a_long_run_the_first_and_the_last_part_are_there(self):
        self.assertIn("gap", self.check_against_records("reuseport-workers.yaml"))

    def test_explanations_are_those_of_explain(self):
        for name, *options in (("web-server.yaml",), ("closed-port.yaml",), ("time-wait.yaml",),
                               ("hand-off.yaml", "--set", "style=switch-port"),
                               ("web-server.yaml", "--demux", "sequent:3")):
            with self.subTest(name):
                model, = model_of(self.page(SCENARIOS / name, *options))
                explained = program.run("explain", SCENARIOS / name, *options).out
                for lines in explanations_of(model):
                    self.assertIn("\n".join(lines), explained)

    def test_states_and_ports_are_those_of_the_records(self):
        scenario = SCENARIOS / "web-server.yaml"
        model, = model_of(self.page(scenario))
        records = program.run("run", scenario, "--format", "jsonl").records()
        states = [(model["endpoints"][local][0], model["endpoints"][peer][0],
                   model["states"][before], model["states"][after])
                  for moment in model["moments"]
                  for local, peer, before, after, _ in moment.get("x", [])]
        self.assertEqual(states, [(r["local"], r["peer"], r["from"], r["to"]) for r in records
                                  if r["kind"] == "state"])
        ports = [(("bound", "allocated", "released")[action], port)
                 for moment in model["moments"] for action, port, _ in moment.get("p", [])]
        self.assertEqual(ports, [(r["action"], r["port"]) for r in records if r["kind"] == "port"])
        summary = next(r for r in records if r["kind"] == "summary")
        self.assertEqual(model["summary"]["fingerprint"], summary["fingerprint"])

    def test_the_largest_page_stays_under_5_mb(self):
        size = len(self.page(SCENARIOS / "star.yaml", "--set", "connections=100").encode())
        print(f"star, 10,000 connections: {size:,} bytes", file=sys.stderr)
        self.assertLess(size, 5_000_000)

    def test_a_hostile_text_is_inert(self):
        hostile = "</script><script>alert(1)</script>"
        text = program.WEB.replace("One well-known port, two browsers", f"'{hostile}'")
        page = self.page(self.write("hostile.yaml", text))
        self.assertNotIn("<script>alert", page)
        self.assertEqual(model_of(page)[0]["title"], hostile)

    def test_the_bytes_are_the_same_each_time(self):
        self.assertEqual(self.page(self.web), self.page(self.web))


if __name__ == "__main__":
    program.main()
