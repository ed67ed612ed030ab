#!/usr/bin/env python3
"""`demuxsim stress`: its table in every format, its plot, and what Ctrl-C leaves of them."""

import csv
import io
import json
import os
import pty
import signal
import subprocess
import time
import xml.etree.ElementTree as ET

from interrupt_test import read_until, wait_for
from program import ProgramTest, main, run, start

TABLES = ["open", "linear", "bsd", "move-to-front", "send-receive", "chains", "sequent", "linux",
          "flat", "rss"]
WORKLOADS = ["uniform", "zipf", "trains", "tpca", "syn-flood", "churn", "hash-flood"]
TIMES = ["ns", "mlookups_per_s", "batch_ns", "batch_mlookups_per_s"]
PICKS = ["sequential", "random", "random-redraw", "simple-hash", "double-hash",
         "random-increments", "linux", "oldest-free"]
SVG = "{http://www.w3.org/2000/svg}"

# Goes on for minutes.
LONG = ["stress", "--demux", "open,flat,linux", "--connections", "100,3e6,4e6,5e6,6e6"]


def without_times(rows):
    return [{name: value for name, value in row.items() if name not in TIMES} for row in rows]


def texts(path):
    root = ET.parse(path).getroot()
    assert root.tag == SVG + "svg", root.tag
    return [each.text for each in root.iter(SVG + "text")]


class Tables(ProgramTest):
    def rows(self, *words):
        ended = run("stress", "--format", "json", *words)
        self.assertEqual((ended.status, ended.err), (0, ""))
        return json.loads(ended.out)

    def test_all_algorithms_under_all_workloads(self):
        rows = self.rows("--connections", "50,200")
        for row in rows:
            with self.subTest(row["demux"] + " " + row["workload"]):
                count = row["connections"]
                self.assertIsNone(row["skipped"])
                self.assertGreater(row["ns"], 0)
                # Both are rounded, a small rate to few digits.
                self.assertAlmostEqual(row["mlookups_per_s"], 1000 / row["ns"],
                                       delta=0.006 + 20 / row["ns"])
                self.assertLessEqual(row["examined_p99"], row["examined_max"])
                self.assertLessEqual(row["examined_max"], count + 3)
                if row["demux"] == "linear" and row["workload"] in ("uniform", "hash-flood"):
                    self.assertAlmostEqual(row["examined_mean"] / ((count + 1) / 2), 1, delta=0.02)
                if row["demux"] == "bsd" and row["workload"] == "syn-flood":
                    self.assertEqual(row["examined_max"], count)
                if row["demux"] == "open":
                    self.assertLess(row["examined_mean"], 2.4)
        combinations = {(row["demux"].split(":")[0].split("@")[0], row["workload"])
                        for row in rows}
        self.assertEqual(combinations, {(a, w) for a in TABLES for w in WORKLOADS})

    def test_the_same_seed_gives_the_same_but_for_times(self):
        words = ["--demux", "bsd,open,sequent:19", "--connections", "100..1000"]
        one = without_times(self.rows(*words))
        self.assertEqual(one, without_times(self.rows(*words, "--seed", "1")))
        self.assertNotEqual(one, without_times(self.rows(*words, "--seed", "2")))

    def test_formats_agree(self):
        words = ["--demux", "open,bsd", "--connections", "100", "--workload", "uniform,churn"]
        rows = without_times(self.rows(*words))
        lines = run("stress", *words, "--format", "jsonl").records()
        self.assertEqual(without_times(lines), rows)
        table = list(csv.DictReader(io.StringIO(run("stress", *words, "-f", "csv").out)))
        self.assertEqual([{k: v for k, v in row.items() if k not in TIMES} for row in table],
                         [{k: "" if v is None else f"{v:.3f}" if k == "examined_mean" else str(v)
                           for k, v in row.items()} for row in rows])
        text = run("stress", *words).out.splitlines()
        self.assertEqual(sum("open " in line or "bsd " in line for line in text), 4, text)

    def test_what_takes_too_long_is_named(self):
        rows = self.rows("--demux", "linear,open", "--connections", "1e6", "--workload", "uniform")
        self.assertIn("too slow to build", rows[0]["skipped"])
        self.assertIsNone(rows[0]["ns"])
        self.assertIsNone(rows[1]["skipped"])
        self.assertGreater(rows[1]["batch_ns"], 0)
        words = ["--demux", "linear", "--connections", "3000", "--workload", "uniform"]
        self.assertIsNone(self.rows(*words)[0]["skipped"])
        self.assertIn("too slow", self.rows(*words, "--limit", "1e4")[0]["skipped"])

    def test_an_attacked_table_beside_one_that_is_not(self):
        crc32c, siphash = self.rows("-d", "open@crc32c,open", "-c", "1000", "-w", "hash-flood")
        self.assertGreater(crc32c["examined_mean"], 490)
        self.assertLess(siphash["examined_mean"], 2.4)

    def test_plot(self):
        target = self.folder / "cost.svg"
        ended = run("stress", "--connections", "10..1000", "--workload", "uniform,tpca", "--plot",
                    target)
        self.assertEqual((ended.status, ended.err), (0, ""))
        self.assertLess(target.stat().st_size, 50_000)
        names = texts(target)
        for name in ["open", "open, batch", "linear", "bsd", "move-to-front", "send-receive",
                     "sequent:19", "flat", "rss:4/open", "uniform", "tpca", "connections",
                     "ns a look-up", "10", "100", "1k"]:
            self.assertIn(name, names)
        curves = list(ET.parse(target).getroot().iter(SVG + "polyline"))
        self.assertTrue(all(curve.get("points").split() for curve in curves))
        self.assertFalse([name for name in self.names() if name.startswith(".demuxsim")])


class Ports(ProgramTest):
    def test_linux_jumps_at_half_of_the_range(self):
        target = self.folder / "ports.svg"
        ended = run("stress", "--ports", "--occupancy", "10%,49%,51%,90%", "--format", "json",
                    "--plot", target)
        self.assertEqual((ended.status, ended.err), (0, ""))
        rows = {(row["pick"], row["occupancy_percent"]): row for row in json.loads(ended.out)}
        self.assertEqual({pick for pick, _ in rows}, set(PICKS))
        self.assertLess(rows["linux", 49]["opening_mean"], 100)
        # 28,232 ports, half of them of the parity that is looked at first.
        for occupancy in (51, 90):
            self.assertAlmostEqual(rows["linux", occupancy]["opening_mean"], 14117, delta=10)
            self.assertGreater(rows["linux", occupancy]["renewing_p99"], 14000)
        self.assertEqual(rows["oldest-free", 90]["renewing_max"], 1)
        self.assertAlmostEqual(rows["random-redraw", 90]["renewing_mean"], 10, delta=0.5)
        self.assertGreater(rows["sequential", 10]["guessed_from_own_percent"], 95)
        self.assertLess(rows["random", 10]["guessed_from_own_percent"], 1)
        for name in PICKS + ["10k", "% of the range in use"]:
            self.assertIn(name, texts(target))

    def test_a_single_port(self):
        ended = run("stress", "--ports", "--range", "50000", "-f", "json")
        self.assertEqual((ended.status, ended.err), (0, ""))
        self.assertEqual({(row["connections"], row["renewing_max"])
                          for row in json.loads(ended.out)}, {(1, 1)})

    def test_the_same_seed_gives_the_same_bytes(self):
        words = ["stress", "--ports", "--range", "50000-50999", "--occupancy", "50%,100%"]
        one = run(*words).out
        self.assertEqual(one, run(*words).out)
        self.assertNotEqual(one, run(*words, "--seed", "2").out)


class BadUsage(ProgramTest):
    def test_lists(self):
        for option, value, *words in [
                ("--demux", "open,opn", "--demux: 'opn' is no look-up algorithm"),
                ("--demux", "open,", "--demux"), ("--demux", "sequent:0", "from 1 to"),
                ("--connections", "0", "'0' is no number of connections"),
                ("--connections", "1e5..1e3", "from more to fewer"),
                ("--workload", "tpc", "'tpc' is no workload; there are uniform"),
                ("--format", "svg", "text, json, jsonl or csv"), ("--plot", "", "--plot"),
                ("--seed", "x", "--seed"),
                ("--limit", "0", "--limit: '0' is no number")]:
            with self.subTest(f"{option} {value}"):
                self.assert_usage_error(run("stress", option, value), *words)
        for option, value, *words in [("--pick", "best", "no way to pick ports"),
                                      ("--range", "9-8", "'9-8' is no range of ports"),
                                      ("--range", "0", "'0' is no range of ports"),
                                      ("--occupancy", "10%,0%", "'0%' leaves no connection"),
                                      ("--occupancy", "50", "needs a '%'")]:
            with self.subTest(f"{option} {value}"):
                self.assert_usage_error(run("stress", "--ports", option, value), *words)

    def test_what_does_not_go_together(self):
        self.assert_usage_error(run("stress", "--pick", "linux"), "with --ports alone")
        self.assert_usage_error(run("stress", "--ports", "--demux", "open"), "--ports")
        self.assert_usage_error(run("stress", "-o", "x.svg", "--plot", "x.svg"), "two results would go to")
        for path in ("-", "x.png", "svg"):
            self.assert_usage_error(run("stress", "--plot", path),
                                    f"'{path}' does not end in .svg")
        self.assert_usage_error(run("stress", self.web), "takes nothing more")

    def test_a_place_that_cannot_be_written(self):
        for option in ("--output", "--plot"):
            ended = run("stress", option, self.folder / "none" / "x.svg")
            self.assertEqual((ended.status, ended.out), (3, ""))
            self.assertIn("cannot be written", ended.err)


class CtrlC(ProgramTest):
    def test_what_there_is_is_whole(self):
        table = self.folder / "table.json"
        plot = self.folder / "plot.svg"
        process = start(*LONG, "-f", "json", "-o", table, "--plot", plot)
        wait_for(lambda: len([n for n in self.names() if n.startswith(".demuxsim")]) == 2)
        time.sleep(1)
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=60)
        self.assertEqual((process.returncode, out), (130, b""))
        self.assertRegex(err.decode(), r"^demuxsim: stopped after \d+ of 105 measurements\n$")
        rows = json.loads(table.read_text())
        self.assertEqual(len(rows), int(err.split()[3]))
        self.assertIn("What a look-up costs", texts(plot))
        self.assertFalse([name for name in self.names() if name.startswith(".demuxsim")])

    def on_terminal(self, *words):
        """What a terminal sees of a run that is ended after a while."""
        screen, terminal = pty.openpty()
        process = start(*LONG, *words, stdout=subprocess.DEVNULL, stderr=terminal)
        os.close(terminal)
        self.addCleanup(process.wait)
        self.addCleanup(process.kill)
        if "--quiet" in words:
            time.sleep(1.2)
            seen = ""
        else:
            seen = read_until(screen, lambda text: text.count(b"\r") >= 2)
        process.send_signal(signal.SIGINT)
        seen += read_until(screen, lambda text: b"stopped" in text)
        os.close(screen)
        return seen

    def test_progress_comes_and_goes(self):
        seen = self.on_terminal()
        self.assertRegex(seen, r"\r\[#*-+\] \d+/105  (open|flat|linux:\d+) uniform \d+\x1b\[K")
        self.assertRegex(seen, r"\r\x1b\[Kdemuxsim: stopped after \d+ of 105")

    def test_no_progress_when_quiet(self):
        self.assertTrue(self.on_terminal("--quiet").startswith("demuxsim: stopped after"))


if __name__ == "__main__":
    main()
