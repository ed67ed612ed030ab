#!/usr/bin/env python3
"""The scenario on picking ports holds under every way to pick, and the records count the looks."""

import json
import pathlib
import subprocess
import sys

ROOT = pathlib.Path(__file__).parents[3]
SCENARIO = ROOT / "scenarios" / "ephemeral-strategies.yaml"
SCHEMA = ROOT / "scenarios" / "scenario.schema.json"


def picks():
    schema = json.loads(SCHEMA.read_text(encoding="utf-8"))
    forms = schema["definitions"]["ephemeral"]["anyOf"]
    pick = next(form for form in forms if "properties" in form)["properties"]["pick"]
    return pick["anyOf"][0]["enum"]


def run(program, pick, *options):
    command = [program, "run", str(SCENARIO), "--set", f"pick={pick}", *options]
    return subprocess.run(command, capture_output=True, text=True)


def probes(program, pick):
    """The looks of each allocation on alice, in their order."""
    records = map(json.loads, run(program, pick, "--format", "jsonl").stdout.splitlines())
    return [r["probes"] for r in records if r["kind"] == "port" and r["action"] == "allocated"]


def main():
    program = sys.argv[1]
    assert len(picks()) == 8, picks()
    for pick in picks():
        done = run(program, pick, "--quiet")
        assert done.returncode == 0, (pick, done.stdout, done.stderr)
    looks = probes(program, "linux")
    assert max(looks[:50]) <= 50, looks
    assert looks[50] > 50, looks  # Every second port is taken.
    looks = probes(program, "oldest-free")
    # The reserved port is passed once by each of two destinations.
    assert sum(looks) <= len(looks) + 2, looks
    print(f"{len(picks())} ways to pick")


main()
