#!/usr/bin/env python3
"""The scenario on picking ports holds under every way to pick, and the records count the looks."""

import json
import pathlib
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).parents[3]
SCENARIO = ROOT / "scenarios" / "ephemeral-strategies.yaml"
SCHEMA = ROOT / "scenarios" / "scenario.schema.json"


def picks():
    schema = json.loads(SCHEMA.read_text(encoding="utf-8"))
    forms = schema["definitions"]["ephemeral"]["anyOf"]
    pick = next(form for form in forms if "properties" in form)["properties"]["pick"]
    return pick["anyOf"][0]["enum"]


# One client at a time with 20 ports, most of them in TIME-WAIT; a server that takes a port
# of its own for each call, from 40.
BUSY = """
scenario: 1
until: 100s
tcp: {msl: 10ms}
params: {pick: sequential, setup: same-port}
network: {delay: 1ms}
hosts:
  web:
    ip: 10.0.0.1
    ephemeral: {range: 50000-50039, pick: "${pick}"}
    processes: {nginx: {listen: {port: 80, setup: "${setup}"}}}
  alice:
    ip: 10.0.0.11
    ephemeral: {range: 40000-40019, pick: "${pick}"}
    processes: {browser: {connect: {to: "web:80", times: 1000}}}
"""


def run(program, pick, *options, scenario=SCENARIO):
    command = [program, "run", str(scenario), "--set", f"pick={pick}", *options]
    return subprocess.run(command, capture_output=True, text=True)


def allocations(program, pick, *options, **where):
    """The records of ports that hosts have picked, in their order."""
    done = run(program, pick, "--format", "jsonl", *options, **where)
    records = map(json.loads, done.stdout.splitlines())
    return [r for r in records if r["kind"] == "port" and r["action"] == "allocated"]


def probes(program, pick):
    return [r["probes"] for r in allocations(program, pick)]


def check_busy_hosts(program):
    """Ports come back from TIME-WAIT and from servers' sockets: nothing runs out or is forgotten."""
    with tempfile.TemporaryDirectory() as folder:
        scenario = pathlib.Path(folder) / "busy.yaml"
        scenario.write_text(BUSY, encoding="utf-8")
        for pick in picks():
            for setup in "same-port", "announce":
                records = allocations(program, pick, "--set", f"setup={setup}", scenario=scenario)
                clients = [r for r in records if r["host"] == "alice"]
                servers = [r for r in records if r["host"] == "web"]
                assert len(clients) == (1000 if setup == "same-port" else 2000), (pick, setup)
                assert len(servers) == (0 if setup == "same-port" else 1000), (pick, setup)
                if pick != "oldest-free":
                    continue
                assert all(r["probes"] == 1 for r in records)
                if setup == "same-port":
                    ports = [r["port"] for r in clients]
                    assert ports[:-20] == ports[20:], "a port came again before its turn"


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
    check_busy_hosts(program)
    print(f"{len(picks())} ways to pick")


main()
