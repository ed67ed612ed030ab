#!/usr/bin/env python3
"""The table of McKenney and Dove (SIGCOMM 1992) through the whole simulator: each figure is within
2 % of the model, and to the digit what it was, here and in the README."""

import pathlib
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
GOLDEN = ROOT / "tests" / "golden" / "mckenney_dove.md"


def main():
    tool = [sys.executable, str(ROOT / "tools" / "mckenney_dove.py"), sys.argv[1]]
    run = subprocess.run(tool, capture_output=True, text=True, check=False)
    print(run.stdout, run.stderr, sep="")
    if run.returncode != 0:
        return "a figure is more than 2 % from the model"
    if run.stdout != GOLDEN.read_text():
        return f"{GOLDEN} says otherwise"
    if run.stdout not in (ROOT / "README.md").read_text():
        return "README.md says otherwise"
    return 0


if __name__ == "__main__":
    sys.exit(main())
