#!/usr/bin/env python3
"""Where the bytes go: files that appear when they are complete, pipes, and full disks."""

import os
import pathlib
import resource
import stat
import subprocess
import unittest

from program import PROGRAM, WRONG, ProgramTest, child_settings, environment, main, run, start


class Files(ProgramTest):
    def setUp(self):
        super().setUp()
        self.target = self.folder / "out.jsonl"
        self.expected = run("run", self.web, "-f", "jsonl").out

    def write_to(self, path, *words, **settings):
        return run("run", self.web, "-f", "jsonl", "--output", path, *words, **settings)

    def test_a_new_file(self):
        before = self.names()
        ended = self.write_to(self.target)
        self.assertEqual((ended.status, ended.out, ended.err), (0, "", ""))
        self.assertEqual(self.target.read_text(), self.expected)
        self.assertEqual(self.names(), sorted(before + ["out.jsonl"]))
        mask = os.umask(0)
        os.umask(mask)
        self.assertEqual(stat.S_IMODE(self.target.stat().st_mode), 0o666 & ~mask)

    def test_a_file_that_exists_is_replaced_and_keeps_its_permissions(self):
        self.target.write_text("old\n")
        self.target.chmod(0o640)
        old = self.target.open()
        self.assertEqual(self.write_to(self.target).status, 0)
        self.assertEqual(self.target.read_text(), self.expected)
        self.assertEqual(stat.S_IMODE(self.target.stat().st_mode), 0o640)
        with old:
            self.assertEqual(old.read(), "old\n")  # Renamed over, not written into.

    def test_a_symbolic_link_stays(self):
        (self.folder / "real").write_text("old\n")
        self.target.symlink_to("real")
        self.assertEqual(self.write_to(self.target).status, 0)
        self.assertTrue(self.target.is_symlink())
        self.assertEqual((self.folder / "real").read_text(), self.expected)

    def test_a_plain_name(self):
        ended = self.write_to("here.jsonl", cwd=self.folder)
        self.assertEqual(ended.status, 0, ended.err)
        self.assertEqual((self.folder / "here.jsonl").read_text(), self.expected)

    def test_a_failed_expectation_does_not_lose_the_file(self):
        self.assertEqual(self.write_to(self.target, *WRONG).status, 1)
        self.assertIn('"held":false', self.target.read_text())

    def test_a_broken_scenario_leaves_the_file_alone(self):
        self.target.write_text("old\n")
        self.assertEqual(run("run", self.broken, "--output", self.target).status, 2)
        self.assertEqual(self.target.read_text(), "old\n")

    def test_the_scenario_itself_is_not_replaced(self):
        (self.folder / "link").symlink_to("web.yaml")
        before = self.web.read_text()
        for path in (self.web, self.folder / "link", self.folder / "." / "web.yaml"):
            self.assert_usage_error(self.write_to(path), "would replace the scenario")
        self.assertEqual(self.web.read_text(), before)

    def test_every_command_writes_files(self):
        for command in ("run", "explain", "ss", "graph", "check"):
            with self.subTest(command):
                expected = run(command, self.web).out
                self.assertNotEqual(expected, "")
                ended = run(command, self.web, "-o", self.target)
                self.assertEqual((ended.status, ended.out), (0, ""))
                self.assertEqual(self.target.read_text(), expected)

    def test_places_that_cannot_be_written(self):
        before = self.names()
        for path, reason in [(self.folder / "none" / "out", "No such file"),
                             (self.folder, "Is a directory"),
                             (self.web / "out", "Not a directory"),
                             (self.folder / ("x" * 300), "too long"),
                             ("/proc/out", "")]:
            with self.subTest(path):
                ended = self.write_to(path)
                self.assertEqual((ended.status, ended.out), (3, ""))
                self.assertIn("cannot be written: ", ended.err)
                self.assertIn(reason, ended.err)
        self.assertEqual(self.names(), before)

    def test_permissions_hold(self):
        """As a user without privilege, whoever runs the tests."""
        def become_nobody():
            child_settings()
            if os.getuid() == 0:
                os.setgid(65534)
                os.setuid(65534)
        locked = self.folder / "locked"
        locked.mkdir()
        self.target.write_text("old\n")
        self.target.chmod(0o444)
        os.chmod(self.folder, 0o777)
        os.chmod(self.web, 0o644)
        os.chmod(locked, 0o555)
        for path in (locked / "out", self.target):
            ended = self.write_to(path, preexec_fn=become_nobody)
            self.assertEqual(ended.status, 3, ended.err)
            self.assertIn("Permission denied", ended.err)
        self.assertEqual(self.target.read_text(), "old\n")
        self.assertEqual(list(locked.iterdir()), [])


class NoFiles(ProgramTest):
    def test_devices(self):
        self.assertEqual(run("run", self.web, "-o", "/dev/null").status, 0)
        self.assertTrue(stat.S_ISCHR(os.stat("/dev/null").st_mode))
        ended = run("run", self.web, "-o", "/dev/stdout")
        self.assertEqual(ended.out, run("run", self.web).out)

    def test_a_named_pipe(self):
        pipe = self.folder / "pipe"
        os.mkfifo(pipe)
        process = start("run", self.web, "-o", pipe)
        with pipe.open() as reader:
            text = reader.read()
        self.assertEqual(process.communicate(timeout=60), (b"", b""))
        self.assertEqual(text, run("run", self.web).out)
        self.assertTrue(pipe.is_fifo())

    def test_a_full_disk(self):
        with open("/dev/full", "wb") as full:
            ended = run("run", self.web, stdout=full)
        self.assertEqual(ended.status, 3)
        self.assertIn("standard output cannot be written: No space left", ended.err)
        before = self.names()
        limited = run("run", self.long, "--until", "50s", "-f", "jsonl", "-o", self.folder / "big",
                      preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (100_000,) * 2))
        self.assertEqual(limited.status, 3)
        self.assertIn("cannot be written: File too large", limited.err)
        self.assertEqual(self.names(), before)

    def test_closed_descriptors(self):
        for redirection, status in ((">&-", 3), ("2>&-", 0), ("<&-", 0)):
            with self.subTest(redirection):
                ended = subprocess.run(
                    ["/bin/sh", "-c", f'"$0" run "$1" {redirection}', PROGRAM, self.web],
                    capture_output=True, timeout=60, check=False, env=environment())
                self.assertEqual(ended.returncode, status, ended.stderr)

    def test_a_reader_that_goes_away(self):
        for words in ([], ["-f", "jsonl"]):
            process = start("run", self.long, *words)
            self.assertNotEqual(process.stdout.readline(), b"")
            process.stdout.close()
            self.assertEqual(process.wait(timeout=30), 141)
            self.assertEqual(process.stderr.read(), b"")
            process.stderr.close()

    def test_head(self):
        ended = subprocess.run(
            ["/bin/sh", "-c", '"$0" run "$1" | head -1', PROGRAM, self.web], timeout=60,
            capture_output=True, check=True, preexec_fn=child_settings, env=environment())
        self.assertEqual(ended.stdout, b"# One well-known port, two browsers\n")
        self.assertEqual(ended.stderr, b"")

    @unittest.skipIf(b"__asan_init" in pathlib.Path(PROGRAM).read_bytes(),
                     "the address sanitizer needs all address space")
    def test_memory_runs_out(self):
        huge = self.write("huge.yaml", """\
scenario: 1
hosts:
  many: {ip: 10.0.0.1, count: 1000000, processes: {load: {}}}
""")
        ended = run("run", huge, preexec_fn=lambda: resource.setrlimit(
            resource.RLIMIT_AS, (300_000_000,) * 2))
        self.assertEqual((ended.status, ended.out), (3, ""))
        self.assertEqual(ended.err, "demuxsim: out of memory\n")


if __name__ == "__main__":
    main()
