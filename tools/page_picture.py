#!/usr/bin/env python3
"""Makes the picture of the page that README.md shows, with a headless Chromium.

Usage: page_picture.py [PROGRAM]

Runs scenarios/web-server.yaml with --html, opens the page at the event in which a segment reaches
nginx, and writes tools/page.png. Needs python3-selenium, chromium and chromium-driver.
"""

import pathlib
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "tests" / "browser"))

from browser import Browser  # noqa: E402

EVENT = 32
SIZE = (1600, 900)


def main():
    program = sys.argv[1] if len(sys.argv) > 1 else ROOT / "build/release/demuxsim"
    with tempfile.TemporaryDirectory() as folder:
        page = pathlib.Path(folder) / "page.html"
        subprocess.run([program, "run", ROOT / "scenarios/web-server.yaml", "--quiet", "--html",
                        page], check=True, stdout=subprocess.DEVNULL)
        browser = Browser()
        try:
            browser.resize(*SIZE)
            browser.prefer("light")
            browser.cdp("Emulation.setScrollbarsHidden", hidden=True)
            browser.open(page, f"#event={EVENT}")
            browser.screenshot(ROOT / "tools" / "page.png")
        finally:
            browser.quit()


if __name__ == "__main__":
    main()
