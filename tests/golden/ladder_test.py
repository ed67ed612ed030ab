#!/usr/bin/env python3
"""The ladders of a few scenarios, byte for byte, and what their formats demand of them.

With DEMUXSIM_ACCEPT set, the files are written instead of compared.
"""

import functools
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import unittest
import xml.etree.ElementTree

HERE = pathlib.Path(__file__).parent
SCENARIOS = HERE.parent.parent / "scenarios"
PROGRAM = os.path.abspath(sys.argv[1])
SVG = "{http://www.w3.org/2000/svg}"

GOLDEN = {
    "ladder_web-server.txt": ["web-server.yaml"],
    "ladder_web-server.svg": ["web-server.yaml"],
    "ladder_web-server.mmd": ["web-server.yaml"],
    "ladder_hand-off_announce.txt": ["hand-off.yaml", "--set", "style=announce"],
    "ladder_lossy-link.svg": ["lossy-link.yaml"],
}
# Those that run long, and what makes them short.
SHORTER = {"star": ["--set", "connections=2000"], "tpca": ["--until", "1s"]}

# The grammar of Mermaid's sequence diagrams, as far as a ladder uses it. A text ends where a line
# does, so neither `#`, but for entities, nor `;` may stand in it.
MERMAID_TEXT = r"(?:[^\#;\n]|\#\d+;)+"
MERMAID_LINE = re.compile(rf"""[ ]{{4}}(?:
      title\ {MERMAID_TEXT}
    | participant\ (?:h\d+|nowhere)\ as\ {MERMAID_TEXT}
    | Note\ (?:left|right)\ of\ h\d+:\ {MERMAID_TEXT}
    | Note\ over\ h\d+,h\d+:\ {MERMAID_TEXT}
    | (?:h\d+|nowhere)(?:->>|-x|-\))(?:h\d+|nowhere):\ {MERMAID_TEXT}
    )""", re.VERBOSE)


@functools.lru_cache(maxsize=None)
def ladder(kind, *words):
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder) / f"ladder.{kind}"
        subprocess.run([PROGRAM, "run", "--quiet", SCENARIOS / words[0], *words[1:],
                        "--ladder", path], stdout=subprocess.DEVNULL,
                       stderr=subprocess.DEVNULL, check=False)
        return path.read_text()


def of_every_scenario(kind):
    for path in sorted(SCENARIOS.glob("*.yaml")):
        yield path.stem, ladder(kind, path.name, *SHORTER.get(path.stem, []))


class Golden(unittest.TestCase):
    maxDiff = None

    def test_bytes(self):
        for name, words in GOLDEN.items():
            with self.subTest(name):
                text = ladder(name.rsplit(".", 1)[1], *words)
                if "DEMUXSIM_ACCEPT" in os.environ:
                    (HERE / name).write_text(text)
                self.assertEqual(text, (HERE / name).read_text())


class Svg(unittest.TestCase):
    def test_is_a_document_with_title_and_texts(self):
        for name, text in of_every_scenario("svg"):
            with self.subTest(name):
                root = xml.etree.ElementTree.fromstring(text)
                self.assertEqual(root.tag, SVG + "svg")
                self.assertTrue(root.find(SVG + "title").text)
                self.assertIn("TCP segments between", root.find(SVG + "desc").text)
                self.assertTrue(any(each.text == "time (s)" for each in root.iter(SVG + "text")))

    def test_everything_lies_within_the_picture(self):
        for name, text in of_every_scenario("svg"):
            with self.subTest(name):
                root = xml.etree.ElementTree.fromstring(text)
                width, height = int(root.get("width")), int(root.get("height"))
                for each in root.iter(SVG + "text"):
                    if each.get("x") is None or each.get("y") is None:
                        continue
                    self.assertTrue(0 <= int(each.get("x")) <= width, each.text)
                    self.assertTrue(0 <= int(each.get("y")) <= height, each.text)

    def test_later_is_never_higher(self):
        for name, text in of_every_scenario("svg"):
            with self.subTest(name):
                times = re.findall(r"<text class='t' x='70' y='(\d+)'>([\d.]+)<", text)
                self.assertTrue(times)
                for (above, before), (below, after) in zip(times, times[1:]):
                    self.assertLess(int(above), int(below))
                    self.assertLessEqual(float(before), float(after))


class Mermaid(unittest.TestCase):
    def test_every_line_is_grammatical(self):
        for name, text in of_every_scenario("mmd"):
            with self.subTest(name):
                first, *lines = text.splitlines()
                self.assertEqual(first, "sequenceDiagram")
                actors = set()
                for line in lines:
                    self.assertTrue(MERMAID_LINE.fullmatch(line), line)
                    if line.startswith("    participant "):
                        actors.add(line.split()[1])
                for line in lines:
                    if arrow := re.match(r"    (\w+)(?:->>|-x|-\))(\w+): ", line):
                        self.assertLessEqual(set(arrow.groups()), actors)


class Options(unittest.TestCase):
    def test_absolute_sequence_numbers(self):
        answer = subprocess.run([PROGRAM, "run", SCENARIOS / "web-server.yaml", "--absolute-seq"],
                                stdout=subprocess.PIPE, check=False, text=True).stdout
        first = re.search(r"seq (\d{6,})", answer).group(1)
        for kind in ("txt", "svg", "mmd"):
            with self.subTest(kind):
                self.assertIn(f"seq {first}", ladder(kind, "web-server.yaml", "--absolute-seq"))
                self.assertNotIn(first, ladder(kind, "web-server.yaml"))

    def test_endings_in_capitals(self):
        for kind in ("txt", "svg", "mmd"):
            self.assertEqual(ladder(kind.upper(), "web-server.yaml"),
                             ladder(kind, "web-server.yaml"))

    def test_warning_of_a_diagram_too_large_for_mermaid(self):
        with tempfile.TemporaryDirectory() as folder:
            for kind, scenario, warnings in (("mmd", "star", 1), ("MMD", "web-server", 0),
                                             ("svg", "star", 0)):
                with self.subTest(f"{scenario}.{kind}"):
                    path = pathlib.Path(folder) / f"ladder.{kind}"
                    words = SHORTER.get(scenario, [])
                    done = subprocess.run(
                        [PROGRAM, "run", "--quiet", SCENARIOS / f"{scenario}.yaml", *words,
                         "--ladder", path], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
                        check=True, text=True)
                    self.assertEqual(done.stderr.count("maxTextSize"), warnings)
                    self.assertEqual(done.stderr.count("warning: "), warnings)
                    self.assertEqual(len(path.read_text()) > 50000, scenario == "star")


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
