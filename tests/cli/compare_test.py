#!/usr/bin/env python3
"""Runs side by side say what each of them says alone."""

import collections
import json
import pathlib
import unittest

from program import WEB, ProgramTest, environment, main, run

SCENARIOS = pathlib.Path(__file__).resolve().parents[2] / "scenarios"
HAND_OFF = SCENARIOS / "hand-off.yaml"
STYLES = ["same-port", "announce", "switch-port"]


def compare(*options, **settings):
    return run("compare", *options, **settings)


class Json(ProgramTest):
    def test_hand_off_in_three_ways(self):
        ended = compare(HAND_OFF, "--set", f"style={','.join(STYLES)}", "-f", "json")
        self.assertEqual((ended.status, ended.err), (0, ""))
        runs = json.loads(ended.out)["runs"]
        self.assertEqual([each["name"] for each in runs], [f"style={style}" for style in STYLES])
        for style, compared in zip(STYLES, runs):
            records = run("run", HAND_OFF, "--set", f"style={style}", "-f", "jsonl").records()
            self.check(compared, records)

    def check(self, compared, records):
        """The parts of a run, against its records."""
        summary = {key: value for key, value in records[-1].items() if key != "kind"}
        self.assertEqual({**compared["summary"], **summary}, compared["summary"])
        ports = collections.defaultdict(set)
        for record in records:
            if record["kind"] == "port" and record["action"] != "released":
                ports[record["host"]].add(record["port"])
        self.assertEqual(compared["ports"], {host: sorted(used) for host, used in ports.items()})
        verdicts = [(record["line"], record["held"], record["what"], record["found"])
                    for record in records if record["kind"] == "expect"]
        self.assertEqual([tuple(each[key] for key in ("line", "held", "what", "found"))
                          for each in compared["expectations"]], verdicts)
        sent = [record["id"] for record in records
                if record["kind"] == "segment" and record["action"] == "sent"]
        self.assertEqual([rung["id"] for rung in compared["ladder"] if rung["kind"] == "sent"],
                         sent)
        received = collections.Counter(
            (record["id"], record["rule"]) for record in records if record["kind"] == "demux")
        self.assertEqual(collections.Counter((rung["id"], rung["rule"])
                                             for rung in compared["ladder"] if "rule" in rung),
                         received)

    def test_algorithms_and_profiles(self):
        ended = compare(self.web, "--demux", "open,bsd", "--profile", "rfc9293,linux", "-f", "json")
        self.assertEqual((ended.status, ended.err), (0, ""))
        runs = json.loads(ended.out)["runs"]
        self.assertEqual([each["set"] for each in runs],
                         [{"demux": demux, "profile": profile} for demux in ("open", "bsd")
                          for profile in ("rfc9293", "linux")])
        ports = [each["ports"]["bob"][0] for each in runs]
        self.assertEqual(ports[0], ports[2])
        self.assertNotEqual(ports[0], ports[1])

    def test_a_parameter_of_the_same_name_follows(self):
        """--profile does what --set profile= does, `when` included."""
        by_option, by_set = (json.loads(compare(HAND_OFF, "--set", "style=switch-port", option,
                                                f"{name}rfc9293,textbook", "-f", "json").out)
                             for option, name in (("--profile", ""), ("--set", "profile=")))
        self.assertEqual(by_option, by_set)
        self.assertEqual([each["summary"]["failed_expectations"] for each in by_option["runs"]],
                         [0, 0])

    def test_standard_input(self):
        ended = compare("-", "--set", "style=same-port,announce", "-f", "json", stdin=WEB)
        self.assertEqual(len(json.loads(ended.out)["runs"]), 2)


class Text(ProgramTest):
    def columns(self, width, *options):
        return compare(HAND_OFF, "--set", f"style={','.join(STYLES)}", *options,
                       env=environment(COLUMNS=str(width), LC_ALL="C.UTF-8")).out

    def test_sums(self):
        lines = self.columns(150).splitlines()
        self.assertEqual(lines[0], "# Three ways to take a call")
        rows = {line[:28].strip(): line[28:].split("  ") for line in lines[2:20]}
        cells = [cell.strip() for cell in rows["ports used by web"] if cell.strip()]
        self.assertEqual(cells, ["80", "80 60000", "80 60000"])
        self.assertIn("by listener-address", self.columns(150))

    def test_ladders_stand_beside_each_other_where_there_is_room(self):
        wide = self.columns(190).splitlines()
        self.assertEqual(self.columns(80, "--width", "190").splitlines(), wide)
        self.assertTrue(any(all(f"style={style}" in line for style in STYLES)
                            for line in wide[20:]))
        self.assertLessEqual(max(map(len, wide)), 190)
        narrow = self.columns(80).splitlines()
        for style in STYLES:
            self.assertIn(f"style={style}", narrow)

    def test_ascii(self):
        self.assertTrue(self.columns(150, "--ascii").isascii())
        self.assertFalse(self.columns(150).isascii())

    def test_a_failed_expectation(self):
        ended = compare(self.web, "--set", "state=ESTABLISHED,CLOSING")
        self.assertEqual(ended.status, 1)
        self.assertIn("state=CLOSING: line 19 failed", ended.out)
        self.assertNotIn("state=ESTABLISHED: line", ended.out)


class BadUsage(ProgramTest):
    def test_nothing_to_compare(self):
        self.assert_usage_error(compare(self.web), "nothing to compare", "--set style=")
        self.assert_usage_error(compare(self.web, "--set", "style=announce"), "nothing to compare")

    def test_too_much(self):
        many = ",".join(map(str, range(13)))
        self.assert_usage_error(compare(self.web, "--set", f"style={many}"), "more than 12")

    def test_a_parameter_twice(self):
        self.assert_usage_error(compare(self.web, "--set", "style=same-port,announce", "--set",
                                        "style=switch-port"), "--set style is given twice")

    def test_wrong_values(self):
        self.assert_usage_error(compare(self.web, "--set", "style=announce,anounce"), "anounce")
        self.assert_usage_error(compare(self.web, "--demux", "open,bds"), "bds")
        self.assert_usage_error(compare(self.web, "--profile", "linux,"), "--profile")
        self.assert_usage_error(compare(self.broken, "--set", "a=1,2"), "80800")


if __name__ == "__main__":
    main()
