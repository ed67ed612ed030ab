"""What README.md shows is what the program prints: runs every `$ demuxsim ...` of a console block
and compares. A line `...` stands for any number of lines."""

import re
import shlex
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def blocks(text):
    for block in re.findall(r"^```console\n(.*?)^```$", text, re.M | re.S):
        command, _, shown = block.partition("\n")
        assert command.startswith("$ demuxsim "), command
        yield shlex.split(command[len("$ demuxsim "):]), shown.splitlines()


def pattern(shown):
    parts = ["(?:[^\n]*\n)*" if line == "..." else re.escape(line) + "\n" for line in shown]
    return re.compile("".join(parts))


def main():
    program = sys.argv[1]
    failed = 0
    count = 0
    for arguments, shown in blocks((ROOT / "README.md").read_text(encoding="utf-8")):
        count += 1
        run = subprocess.run([program, *arguments], cwd=ROOT, capture_output=True, text=True,
                             timeout=60, check=False)
        if not pattern(shown).fullmatch(run.stdout):
            failed += 1
            print(f"README.md shows something else for: demuxsim {' '.join(arguments)}")
            print(run.stdout[:4000], run.stderr, sep="\n")
    print(f"{count} blocks, {failed} wrong")
    return 1 if failed or count == 0 else 0


if __name__ == "__main__":
    sys.exit(main())
