#!/usr/bin/env python3
"""Prints the table of McKenney and Dove, paper beside simulation, as Markdown.

Usage: mckenney_dove.py [PROGRAM]

Runs scenarios/tpca.yaml under each algorithm with PROGRAM (default: build/release/demuxsim). The
exit status is 1 when a figure is more than 2 % from the model.

The paper: P. McKenney, K. Dove, "Efficient Demultiplexing of Incoming TCP Packets", SIGCOMM 1992.
"Model" is its closed form; for move-to-front it counts the entries in front of the one sought.
"""

import json
import pathlib
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
MTF = "move-to-front"
SEND = "send-receive"
# Algorithm, what it depends on, settings, paper, model.
ROWS = [
    ("bsd", "", {}, "1001", 1001.0),
    (MTF, "R = 0.2 s", {"response": "200ms", "delay": "15ms"}, "549", 548.6),
    (MTF, "R = 0.5 s", {"response": "500ms", "delay": "15ms"}, "618", 618.1),
    (MTF, "R = 1 s", {"response": "1s", "delay": "15ms"}, "724", 724.1),
    (MTF, "R = 2 s", {"response": "2s", "delay": "15ms"}, "904", 904.4),
    (SEND, "D = 1 ms", {"delay": "500us"}, "667", 666.5),
    (SEND, "D = 10 ms", {"delay": "5ms"}, "993", 993.1),
    (SEND, "D = 100 ms", {"delay": "50ms"}, "1002", 1002.2),
    ("sequent:19@sum", "", {}, "53.6", 53.5),
    ("sequent:100@sum", "", {}, "< 9", 8.8),
    ("open", "", {}, "", None),
]
MOST_OFF = 0.02


def examined(program, algorithm, settings):
    """The mean number of connections that a segment for the bank was compared with."""
    command = [program, "run", "-qv", "-f", "jsonl", str(ROOT / "scenarios" / "tpca.yaml")]
    for key, value in {"demux": algorithm, **settings}.items():
        command += ["--set", f"{key}={value}"]
    run = subprocess.run(command, capture_output=True, text=True, check=True)
    for line in run.stdout.splitlines():
        record = json.loads(line)
        if record["kind"] == "expect" and "examined" in record["what"]:
            return float(record["found"].split()[0])
    raise SystemExit(f"mckenney_dove.py: no expectation for {algorithm} {settings}")


def main():
    program = sys.argv[1] if len(sys.argv) > 1 else str(ROOT / "build" / "release" / "demuxsim")
    print("| algorithm | with | paper | model | demuxsim | off |")
    print("|---|---|---|---|---|---|")
    good = True
    for algorithm, given, settings, paper, model in ROWS:
        found = examined(program, algorithm, settings)
        if algorithm == MTF:
            found -= 1  # The entry itself.
        off = "" if model is None else f"{found / model - 1:+.1%}"
        good = good and (model is None or abs(found / model - 1) <= MOST_OFF)
        digits = 1 if found >= 20 else 2
        print(f"| {algorithm} | {given} | {paper} | {model or ''} | {found:.{digits}f} | {off} |")
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
