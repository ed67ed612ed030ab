"""No expectation of a shipped scenario holds whatever happens: each is broken by hand, one at a time,
and the run must then end with status 1 and name its line."""

import re
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SETTINGS = {
    "hand-off": [[], ["style=announce"], ["style=switch-port"],
                 ["style=switch-port", "profile=textbook"]],
    "star": [["connections=20"]],
    "ephemeral-strategies": [[f"pick={pick}"] for pick in
                             ("sequential", "linux", "simple-hash", "double-hash", "oldest-free")],
    "hash-flood": [[], ["demux=chains:32"], ["demux=open"]],
    "syn-flood": [[], ["cookies=when-full"]],
    "old-duplicate": [[], ["msl=1ms"]],
    "blind-reset": [[], ["guess=far"], ["guess=exact"], ["challenge=false"]],
    "congested-link": [[], ["queue=1000"]],
    "unreachable": [[], ["profile=linux"]],
    "rss-queues": [[], ["demux=linear"], ["demux=rss:16/linear"], ["demux=open"]],
    # Under each algorithm it is a golden test of its own; that takes ten seconds.
    "tpca": [["terminals=50"]],
}
# What stands in an expectation, and what it could never be instead.
BREAKS = [
    (r"equals: \d+", "equals: 987654"),
    (r"at_least: [\d%]+", "at_least: 987654"),
    (r"between: \[\d+%, \d+%\]", "between: [99%, 100%]"),
    (r"between: \[[\d.]+, [\d.]+\]", "between: [987654, 987655]"),
    (r"state: free", "state: bound"),
    (r"state: (?!free)[A-Z0-9-]+(?=[,}])", "state: FIN-WAIT-1"),
    (r"class: [a-z-]+", "class: registered"),
    (r"delivered_to: (?!nobody)[a-z0-9./-]+", "delivered_to: nobody"),
    (r"rule: (?!port-switch)[a-z0-9-]+(?=[,}])", "rule: port-switch"),
    (r"rule: port-switch", "rule: no-match"),
    (r"expect: ok", "expect: EISCONN"),
    (r"expect: E[A-Z]+", "expect: ok"),
    (r'peer: "web:\d+"', 'peer: "web:1"'),
]


def broken(name, lines):
    """(number of the line to be named, the whole text) for each way to break a line."""
    start = next(i for i, line in enumerate(lines)
                 if line.startswith(("timeline:", "expect:")))
    for i in range(start, len(lines)):
        item = i
        while not lines[item].startswith(("  - ", "timeline:", "expect:")):
            item -= 1
        for old, new in BREAKS:
            if lines[i].lstrip().startswith("#"):
                continue
            changed = re.sub(old, new, lines[i])
            filters = "count:" in lines[i] and old.startswith(("state", "rule"))
            elsewhere = name == "tpca" and old.startswith("between")
            if changed == lines[i] or filters or elsewhere:
                continue
            yield item + 1, "\n".join([*lines[:i], changed, *lines[i + 1:]]) + "\n"


def run(program, scenario, line, text):
    with tempfile.NamedTemporaryFile("w", suffix=".yaml") as f:
        f.write(text)
        f.flush()
        outputs = []
        for settings in SETTINGS.get(scenario.stem, [[]]):
            options = [word for each in settings for word in ("--set", each)]
            result = subprocess.run([program, "run", "--quiet", *options, f.name],
                                    capture_output=True, text=True, timeout=120, check=False)
            if result.returncode == 1 and f"{f.name}:{line}: failed" in result.stdout:
                return None
            outputs.append(f"{result.returncode} {result.stdout}{result.stderr}")
        return f"{scenario.name}:{line} can be broken unnoticed:\n{text.splitlines()[line - 1]}\n" + \
            "\n".join(outputs)


def main():
    program = sys.argv[1]
    jobs = []
    for scenario in sorted((ROOT / "scenarios").glob("*.yaml")):
        for line, text in broken(scenario.stem, scenario.read_text(encoding="utf-8").splitlines()):
            jobs.append((program, scenario, line, text))
    with ThreadPoolExecutor(2) as pool:
        wrong = [each for each in pool.map(lambda job: run(*job), jobs) if each]
    print("\n".join(wrong))
    print(f"{len(jobs)} expectations broken, {len(wrong)} unnoticed")
    return 1 if wrong or not jobs else 0


if __name__ == "__main__":
    sys.exit(main())
