#!/usr/bin/env python3
"""`run --stats`: every number counted again from the records of `run --format jsonl`, in all
formats; and the plot."""

import bisect
import collections
import csv
import io
import json
import pathlib
import signal
import time
import xml.etree.ElementTree as ET

from program import WRONG, ProgramTest, main, run, start

SCENARIOS = pathlib.Path(__file__).resolve().parents[2] / "scenarios"
SVG = "{http://www.w3.org/2000/svg}"
CLASSES = ["well-known", "registered", "ephemeral"]
RULES = ["exact-4-tuple", "listener-address", "listener-any", "reuseport-hash", "time-wait",
         "port-switch", "no-match"]
FATES = ["active", "passive", "refused", "timed-out", "reset", "no-port", "failed"]
NOBODY = None

# What goes wrong with connections: refused, no answer, reset by the peer, silence in the middle.
TROUBLE = """\
scenario: 1
hosts:
  web:   {ip: 10.0.0.1, processes: {nginx: {listen: {port: 80, backlog: 2}}}}
  alice: {ip: 10.0.0.11, processes: {browser: {}}}
  bob:   {ip: 10.0.0.12, ephemeral: {range: 50000-50001}, processes: {browser: {}}}
network: {delay: 1ms}
timeline:
  - {at: 0ms,  by: alice/browser, connect: "web:81"}
  - {at: 1ms,  by: alice/browser, connect: "10.0.0.99:80"}
  - {at: 2ms,  by: alice/browser, connect: "web:80", as: a}
  - {at: 3ms,  by: bob/browser, connect: "web:80", as: b, times: 3, every: 1ms}
  - {at: 20ms, socket: a.peer, abort: true}
  - {at: 30ms, by: alice/browser, bind: "*:80"}
  - {at: 40ms, by: bob, reboot: true}
  - {at: 50ms, socket: b.0.peer, send: 100B}
  - {at: 60ms, inject: {from: "10.9.9.9:1000", to: "web:82", flags: [SYN]}, by: alice}
"""


def no_row():
    return {"in": [0, 0, 0], "out": [0, 0, 0], "lookups": dict.fromkeys(RULES, 0), "examined": [],
            "connections": dict.fromkeys(FATES, 0),
            "ports": collections.Counter(), "in_use": 0, "most": 0}


class Recount:
    """The statistics of one run, from its records. Rows go by host and process; that of NOBODY is
    what concerns none."""

    def __init__(self, records):
        self.rows = collections.defaultdict(no_row)
        self.drops = collections.Counter()
        self.owners = {}  # (host, local, peer): whose connection this is or was.
        self.callers = set()  # (host, local, peer) that wait for an answer to their SYN.
        self.takers = {}  # (host, port): the row of who took it.
        self.series = collections.defaultdict(list)  # By host, a point for each instant.
        self.all_ports = collections.defaultdict(list)  # The same, a point for each change.
        self.injected = set()  # Segments, by id.
        self.gave_up = None  # When a connection was last given up.
        self.looked_up = set()
        self.before = None
        self.reset = None
        for record in records:
            handle = getattr(self, record["kind"], None)
            if handle:
                handle(record)
            self.before = record

    def row(self, record):
        return self.rows[record["host"], record["process"]]

    @staticmethod
    def ends(record):
        def end(address, port):
            return f"[{address}]:{port}" if ":" in address else f"{address}:{port}"
        return end(record["src"], record["sport"]), end(record["dst"], record["dport"])

    def size(self, record):
        """One segment, its payload, and the IP datagram with its options."""
        options = option_bytes(record.get("options", {}))
        ip = 40 if ":" in record["src"] else 20
        # An ICMP error quotes an IP header and eight bytes more.
        header = ip + (8 + ip + 8 if "icmp" in record else 20 + options)
        return [1, record["len"], header + record["len"]]

    def answers_itself(self, record):
        """Whether the host sends this without a connection: what its look-up, just before, has
        found is none."""
        before = self.before
        return before is not None and before["kind"] == "demux" and \
            before["host"] == record["host"] and \
            (before["rule"] in ("no-match", "time-wait") or
             ("RST" in record["flags"] and before["rule"].startswith("listener")))

    def segment(self, record):
        if record["action"] == "dropped":
            self.drops[record["host"], record["reason"]] += 1
        elif record["action"] == "received":
            self.received = record
            self.reset = None
        else:
            if self.before is not None and self.before.get("call") == "inject":
                self.injected.add(record["id"])
            own = record["id"] not in self.injected and not self.answers_itself(record)
            owner = self.owners.get((record["host"], *self.ends(record))) if own else NOBODY
            add(self.rows[record["host"], owner]["out"], self.size(record))

    def demux(self, record):
        row = self.row(record)
        row["lookups"][record["rule"]] += 1
        row["examined"].append(record["examined"])
        if "RST" in self.received["flags"]:
            self.reset = (record["host"], record["t_ns"], *reversed(self.ends(record)))
        size = self.size(self.received)
        add(row["in"], size)
        if self.received["id"] in self.looked_up:  # A SYN that opens TIME-WAIT anew.
            add(self.rows[record["host"], NOBODY]["in"], [-n for n in size])
        self.looked_up.add(self.received["id"])

    def state(self, record):
        key = record["host"], record["local"], record["peer"]
        change = record["from"], record["to"]
        self.owners[key] = record["process"]
        fates = self.row(record)["connections"]
        called = key in self.callers
        if change == ("CLOSED", "SYN-SENT"):
            self.callers.add(key)
        elif record["to"] != "SYN-RECEIVED":
            self.callers.discard(key)
        if record["to"] == "ESTABLISHED":
            # After a port switch the caller's peer is not the one it has called.
            active = called or record["from"] == "SYN-SENT"
            fates["active" if active else "passive"] += 1
        elif record["to"] in ("CLOSED", "LISTEN"):
            if record["from"] in ("TIME-WAIT", "LISTEN", "CLOSED"):
                return
            if self.reset == (record["host"], record["t_ns"], *key[1:]):
                fates["refused" if called else "reset"] += 1
            elif (self.before["host"], self.before["t_ns"]) != (record["host"], record["t_ns"]):
                fates["timed-out"] += 1  # No segment and no call has told it to end.
                self.gave_up = record["t_ns"]

    def call(self, record):
        self.reset = None
        if record["call"] == "connect":
            result = record["result"]
            if result in ("ENETUNREACH", "EHOSTUNREACH") and self.gave_up == record["t_ns"]:
                # What ICMP told in the meantime is the reason then, and no time-out.
                self.row(record)["connections"]["timed-out"] -= 1
            if result == "EADDRNOTAVAIL":
                self.row(record)["connections"]["no-port"] += 1
            elif result not in ("ok", "ECONNREFUSED", "ETIMEDOUT", "ECONNRESET", "ECONNABORTED"):
                self.row(record)["connections"]["failed"] += 1

    def port(self, record):
        row = self.row(record)
        row["ports"][record["action"]] += 1
        row["ports"]["looked_at"] += record.get("probes", 0)
        key = record["host"], record["port"]
        if record["action"] == "released":
            taker = self.takers.pop(key, None)
            if taker is None:
                return
            self.rows[taker]["in_use"] -= 1
        elif key in self.takers:
            return
        else:
            self.takers[key] = record["host"], record["process"]
            row["in_use"] += 1
            row["most"] = max(row["most"], row["in_use"])
        of_host = [port for host, port in self.takers if host == record["host"]]
        counts = [sum(first <= port <= last for port in of_host)
                  for first, last in ((0, 1023), (1024, 49151), (49152, 65535))]
        self.all_ports[record["host"]].append((record["t_ns"], counts))
        series = self.series[record["host"]]
        if series and series[-1][0] == record["t_ns"]:
            series.pop()
        series.append((record["t_ns"], counts))


def option_bytes(options):
    """As real stacks pad them: a SYN's together, those of other segments each by itself."""
    sizes = {"mss": 4, "sack_permitted": 2, "window_scale": 3}
    syn = sum(size for name, size in sizes.items() if name in options)
    times = 10 if "timestamps" in options else 0
    if syn:
        return -(-(syn + times) // 4) * 4
    return (12 if times else 0) + (4 + 8 * len(options["sack"]) if "sack" in options else 0)


def add(counts, more):
    counts[:] = [a + b for a, b in zip(counts, more)]


def shown(row):
    """A row of the recount as JSON has it, but for what comes from the host alone."""
    examined = sorted(row["examined"])
    count = len(examined)
    histogram = collections.Counter()
    for value in examined:
        power = 1 << max(value.bit_length() - 1, 0)
        histogram[(value, value) if value < 8 else (power, 2 * power - 1)] += 1
    result = {}
    for i, name in enumerate(("segments", "payload_bytes", "ip_bytes")):
        result[f"{name}_in"] = row["in"][i]
        result[f"{name}_out"] = row["out"][i]
    result["lookups"] = row["lookups"]
    result["examined"] = {
        "lookups": count, "sum": sum(examined),
        "mean": round(sum(examined) / count, 3) if count else None,
        "p99": examined[-(-count * 99 // 100) - 1] if count else None,
        "max": examined[-1] if count else None,
        "histogram": [{"first": first, "last": last, "lookups": n}
                      for (first, last), n in sorted(histogram.items())]}
    result["connections"] = row["connections"]
    result["ports"] = {name: row["ports"][name]
                       for name in ("bound", "allocated", "looked_at", "released")}
    result["ports"] |= {"in_use": row["in_use"], "most_in_use": row["most"]}
    return result


def summed(rows):
    """What the rows of JSON have in common, added up, but for what is no sum."""
    if isinstance(rows[0], dict):
        return {key: summed([row[key] for row in rows]) for key in rows[0]
                if key not in ("mean", "p99", "max", "histogram", "most_in_use")}
    return sum(rows)


def counts(row):
    """The members that shown() gives."""
    return {key: row[key] for key in shown(no_row())}


def stats(*words):
    ended = run("run", *words, "--stats", "-f", "json")
    assert ended.status in (0, 1) and ended.err == "", ended.err
    return json.loads(ended.out)


class AgainstRecords(ProgramTest):
    def check(self, path, *words):
        records = run("run", path, *words, "-f", "jsonl").records()
        right = Recount(records)
        found = stats(path, *words)
        self.assertIs(found["complete"], True)
        summary = records[-1]
        self.assertEqual({**found["summary"], "t_ns": found["t_ns"], "kind": "summary"}, summary)
        self.assertEqual([{**each, "kind": "expect"} for each in found["expectations"]],
                         [each for each in records if each["kind"] == "expect"])
        seen = set()
        for host in found["hosts"]:
            name = host["host"]
            self.assertEqual(host["count"], 1)
            for process in host["processes"]:
                with self.subTest(f"{name} {process['process']}"):
                    key = name, process["process"]
                    seen.add(key)
                    self.assertEqual(counts(process), shown(right.rows[key]))
            self.check_host(host, right)
        self.assertLessEqual({key for key in right.rows}, seen)
        self.assertEqual(sum(host["segments_in"] for host in found["hosts"]), summary["segments"])
        drops = {(host["host"], reason): n for host in found["hosts"]
                 for reason, n in host["dropped"].items() if n}
        drops |= {(None, reason): n for reason, n in found["strangers"]["dropped"].items() if n}
        self.assertEqual(drops, right.drops)
        return found

    def check_host(self, host, right):
        self.assertEqual(summed([counts(host)]), summed([counts(each)
                                                         for each in host["processes"]]))
        examined = []
        for (name, _), row in right.rows.items():
            if name == host["host"]:
                examined += row["examined"]
        self.assertEqual(host["examined"], shown({**no_row(), "examined": examined})["examined"])
        series = host["ports_over_time"]
        right_series = right.series[host["host"]]
        times = [t for t, _ in right_series]
        self.assertEqual(host["ports"]["most_in_use"],
                         max((sum(numbers) for _, numbers in right.all_ports[host["host"]]),
                             default=0))
        if series["resolution_ns"] == 1:
            self.assertEqual(series["t_ns"], times)
        for i, port_class in enumerate(CLASSES):
            for at, count in zip(series["t_ns"], series["now"][port_class]):
                last = bisect.bisect_right(times, at + series["resolution_ns"] - 1) - 1
                self.assertEqual(count, right_series[last][1][i])

    def test_scenarios(self):
        for name in ("web-server", "closed-port", "reset", "time-wait", "ipv6", "lossy-link",
                     "half-close", "port-conflict", "ephemeral-exhaustion", "simultaneous-open",
                     "same-client-port-two-hosts", "many-processes", "reuseport-workers",
                     "routed-campus", "bind-conflicts", "port-reuse"):
            with self.subTest(name):
                self.check(SCENARIOS / f"{name}.yaml")

    def test_hand_off_in_all_its_styles(self):
        for style in ("same-port", "announce", "switch-port"):
            for profile in ("rfc9293", "textbook"):
                with self.subTest(f"{style} {profile}"):
                    self.check(SCENARIOS / "hand-off.yaml", "--set", f"style={style}", "--set",
                               f"profile={profile}")

    def test_a_star(self):
        for closer in ("client", "server"):
            self.check(SCENARIOS / "star.yaml", "--set", "connections=100", "--set", "clients=20",
                       "--set", f"closer={closer}", "--demux", "sequent:3")

    def test_trouble(self):
        found = self.check(self.write("trouble.yaml", TROUBLE))
        fates = collections.Counter()
        for host in found["hosts"]:
            fates.update(host["connections"])
        self.assertEqual({fate for fate in FATES if fates[fate]},
                         {"active", "passive", "refused", "timed-out", "reset", "no-port"})


class Formats(ProgramTest):
    def test_csv_has_the_numbers_of_json(self):
        for words in ([SCENARIOS / "lossy-link.yaml"], [self.write("trouble.yaml", TROUBLE)]):
            found = stats(*words)
            ended = run("run", *words, "--stats", "-f", "csv")
            self.assertEqual((ended.status, ended.err), (0, ""))
            rows = list(csv.reader(io.StringIO(ended.out)))
            self.assertEqual(rows[0], ["level", "host", "process", "metric", "key", "value"])
            lines = {tuple(row[:5]): float(row[5]) for row in rows[1:]}
            self.assertEqual(len(lines), len(rows) - 1)  # None of them twice.
            right = {}
            for host in found["hosts"]:
                about = "host", host["host"], ""
                right |= flat(about, host)
                for reason, n in host["dropped"].items():
                    right[*about, "dropped", reason] = n
                series = host["ports_over_time"]
                for port_class in CLASSES:
                    for t, n in zip(series["t_ns"], series["now"][port_class]):
                        right[*about, f"ports_in_use_{port_class}", str(t)] = n
                for process in host["processes"]:
                    about = ("process", host["host"], process["process"]) \
                        if process["process"] else ("nobody", host["host"], "")
                    right |= flat(about, process)
            for reason, n in found["strangers"]["dropped"].items():
                right["strangers", "", "", "dropped", reason] = n
            summary = found["summary"]
            for metric, key, n in (("t_ns", "", found["t_ns"]), ("events", "", summary["events"]),
                                   ("segments", "delivered", summary["segments"]),
                                   ("connections", "opened", summary["connections"]),
                                   ("expectations", "", len(found["expectations"])),
                                   ("expectations", "failed", summary["failed_expectations"])):
                right["run", "", "", metric, key] = n
            self.assertEqual(lines, right)

    def test_json_lines_are_the_hosts_of_json(self):
        found = stats(self.web)
        *lines, first, second, third, summary = run("run", self.web, "--stats", "-f",
                                                    "jsonl").records()
        self.assertEqual(lines, [{"t_ns": found["t_ns"], "kind": "stats", **host}
                                 for host in found["hosts"]])
        self.assertEqual([each["kind"] for each in (first, second, third)], ["expect"] * 3)
        self.assertEqual(summary["fingerprint"], found["summary"]["fingerprint"])

    def test_text(self):
        path = SCENARIOS / "lossy-link.yaml"
        ended = run("run", path, "--stats")
        self.assertEqual((ended.status, ended.err), (0, ""))
        parts = {part.split("\n", 1)[0]: part.splitlines() for part in ended.out.split("\n\n")}
        host = stats(path)["hosts"][0]

        def numbers(title):
            (line,) = [each for each in parts[title] if each.split()[:1] == [host["host"]]]
            return line.split()[1:]

        self.assertEqual(numbers("Segments and bytes"),
                         [str(host[f"{name}_{way}"])
                          for name in ("segments", "payload_bytes", "ip_bytes")
                          for way in ("in", "out")])
        self.assertEqual(numbers("Look-ups by keys examined")[:1],
                         [str(host["examined"]["histogram"][0]["lookups"])])
        self.assertIn(str(host["examined"]["max"]),
                      numbers("Look-ups by rule, and keys examined in each")[-1])
        for lines in parts.values():
            if lines[0] in ("Segments and bytes", "Ports", "Connections opened, and what went wrong"):
                self.assertEqual(len({len(line) for line in lines[1:]}), 1)  # Aligned.
        plain = run("run", path).out.splitlines()
        self.assertEqual(ended.out.splitlines()[0], plain[0])
        self.assertEqual(ended.out.splitlines()[-2:], plain[-2:])
        self.assertNotIn("Flags", ended.out)
        self.assertNotIn("\x1b", ended.out)
        self.assertIn("\x1b", run("run", path, "--stats", "--color", "always").out)

    def test_quiet(self):
        out = run("run", self.web, "--stats", "-q").out
        self.assertTrue(out.startswith("Segments and bytes\n"), out)
        self.assertNotIn(": held", out)
        self.assertEqual(stats(self.web, "-q")["expectations"], [])
        self.assertEqual(len(stats(self.web, "-qv")["expectations"]), 3)

    def test_the_same_bytes_each_time(self):
        for form in ("text", "json", "jsonl", "csv"):
            words = ["run", SCENARIOS / "lossy-link.yaml", "--stats", "-f", form]
            self.assertEqual(run(*words).out, run(*words).out)

    def test_large_groups_are_one_row(self):
        words = [SCENARIOS / "star.yaml", "--set", "connections=2", "--set", "clients=1500"]
        text = run("run", *words, "--stats").out
        self.assertIn("\nclient.* (1500) ", text)
        self.assertLess(len(text.splitlines()), 80)
        server, clients = stats(*words)["hosts"]
        self.assertEqual((clients["host"], clients["count"]), ("client.*", 1500))
        self.assertEqual(clients["processes"][0]["process"], "client.*/app")
        # The backlog has no room for all of them.
        opened = clients["connections"]["active"]
        self.assertEqual(opened + clients["connections"]["timed-out"], 3000)
        self.assertEqual(server["connections"]["passive"], opened)
        self.assertGreater(server["dropped"]["backlog-full"], 0)
        # Up to a thousand each has its own in JSON; text has less room.
        words[-1] = "clients=30"
        self.assertEqual(len(stats(*words)["hosts"]), 31)
        self.assertIn("client.* (30)", run("run", *words, "--stats").out)

    def test_what_text_leaves_out_is_counted(self):
        hosts = "".join(f"  h{i}: {{ip: 10.0.0.{i}, processes: {{p: {{}}}}}}\n"
                        for i in range(1, 31))
        out = run("run", self.write("many.yaml", f"scenario: 1\nhosts:\n{hosts}"), "--stats").out
        self.assertIn("\nh20 ", out)
        self.assertNotIn("\nh21 ", out)
        self.assertIn("\n... and 10 more", out)


def flat(about, row):
    """A row of JSON as CSV has it."""
    right = {(*about, "count", ""): row["count"]} if about[0] != "nobody" else {}
    for name in ("segments", "payload_bytes", "ip_bytes"):
        for way in ("in", "out"):
            right[*about, name, way] = row[f"{name}_{way}"]
    for name in ("lookups", "connections"):
        for key, n in row[name].items():
            right[*about, name, key] = n
    for key, n in row["ports"].items():
        right[*about, "ports", key.replace("_", "-")] = n
    for key, n in row["examined"].items():
        if key != "histogram" and n is not None:
            right[*about, "examined", key] = n
    for each in row["examined"]["histogram"]:
        first, last = each["first"], each["last"]
        key = str(first) if first == last else f"{first}-{last}"
        right[*about, "examined_histogram", key] = each["lookups"]
    return right


class Status(ProgramTest):
    def test_a_failed_expectation(self):
        for form in ("text", "json", "jsonl"):
            ended = run("run", self.web, "--stats", "-f", form, *WRONG)
            self.assertEqual((ended.status, ended.err), (1, ""))
            self.assertIn("CLOSING", ended.out)
        ended = run("run", self.web, "--stats", "-f", "csv", *WRONG)
        self.assertEqual(ended.status, 1)
        self.assertRegex(ended.err, r"web.yaml:19: failed\n    expected: .*CLOSING")
        self.assertIn("\nrun,,,expectations,failed,1\n", ended.out)

    def test_usage(self):
        for form in ("json", "csv"):
            self.assert_usage_error(run("run", self.web, "-f", form), "add --stats")
        self.assert_usage_error(run("run", self.web, "--plot", "x.svg"), "add --stats")
        self.assert_usage_error(run("run", self.web, "--stats", "--plot", "x.png"),
                                "'x.png' does not end in .svg")
        self.assert_usage_error(run("run", self.web, "--stats", "--plot", "x.svg", "-o", "x.svg"),
                                "two results would go to")
        self.assert_usage_error(run("explain", self.web, "--stats"), "option of run")
        self.assertEqual([name for name in self.names() if name.startswith("x.")], [])

    def test_places_that_cannot_be_written(self):
        for option in ("--output", "--plot"):
            ended = run("run", self.web, "--stats", option, self.folder / "none" / "x.svg")
            self.assertEqual((ended.status, ended.out), (3, ""))
            self.assertIn("cannot be written", ended.err)

    def test_ctrl_c_leaves_what_there_is(self):
        answer = self.folder / "answer.json"
        plot = self.folder / "plot.svg"
        process = start("run", self.long, "--stats", "-f", "json", "-o", answer, "--plot", plot)
        deadline = time.monotonic() + 30
        while len([n for n in self.names() if n.startswith(".demuxsim")]) < 2:
            self.assertLess(time.monotonic(), deadline)
            time.sleep(0.01)
        time.sleep(0.5)
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=60)
        self.assertEqual((process.returncode, out), (130, b""))
        self.assertRegex(err.decode(), r"stopped at [0-9.]+ s of simulated time")
        found = json.loads(answer.read_text())
        self.assertIs(found["complete"], False)
        self.assertEqual(found["expectations"], [])
        self.assertGreater(found["t_ns"], 0)
        self.assertGreater(found["hosts"][0]["segments_in"], 1000)
        self.assertEqual(ET.parse(plot).getroot().tag, SVG + "svg")
        self.assertEqual([n for n in self.names() if n.startswith(".demuxsim")], [])


class Plot(ProgramTest):
    def test_ports_and_look_ups_of_each_host(self):
        target = self.folder / "stats.svg"
        path = SCENARIOS / "web-server.yaml"
        ended = run("run", path, "--stats", "--plot", target)
        self.assertEqual((ended.status, ended.err), (0, ""))
        self.assertEqual(ended.out, run("run", path, "--stats").out)
        root = ET.parse(target).getroot()
        texts = [each.text for each in root.iter(SVG + "text")]
        for words in ("web: ports", "web: look-ups", "bob: ports", "time, s", "ports in use",
                      "% of look-ups", *CLASSES):
            self.assertIn(words, texts)
        bars = [each for each in root.iter(SVG + "rect") if each.get("class") == "b"]
        self.assertEqual(len(bars), sum(len(host["examined"]["histogram"])
                                        for host in stats(path)["hosts"]))
        curves = [each for each in root.iter(SVG + "polyline") if each.get("class").endswith(" s")]
        self.assertEqual(len(curves), 3)  # One class of ports at each host.

    def test_nothing_happens(self):
        target = self.folder / "idle.svg"
        idle = self.write("idle.yaml", "scenario: 1\nhosts: {a: {ip: 10.0.0.1}}\n")
        ended = run("run", idle, "--stats", "--plot", target)
        self.assertEqual((ended.status, ended.err), (0, ""))
        self.assertEqual(ET.parse(target).getroot().tag, SVG + "svg")


if __name__ == "__main__":
    main()
