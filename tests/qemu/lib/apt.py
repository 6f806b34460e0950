# SPDX-License-Identifier: MIT
"""Debian packages of any suite, without touching the system's apt state.

Each suite gets a private apt state below the cache. The mirror's address is
whatever the system's own apt is configured with, the signing keys are those
of debian-archive-keyring: no host is named here and nothing unsigned is used.
"""

import fcntl
import os
import pathlib
import re
import shutil
import subprocess
import time

from . import paths

KEYRING = "/usr/share/keyrings/debian-archive-keyring.gpg"
ROLLING = ("sid", "unstable", "testing", "experimental")
FRESH_S = 12 * 3600


class AptError(Exception):
    """A package cannot be had; the text says why."""


def available():
    """Is this a system with Debian's apt and keys?"""
    return bool(shutil.which("apt-get") and shutil.which("dpkg-deb")
                and os.path.exists(KEYRING))


def _os_codename():
    for line in open("/etc/os-release", encoding="utf-8"):
        if line.startswith("VERSION_CODENAME="):
            return line.split("=", 1)[1].strip().strip('"')
    return "sid"


def system_sources():
    """{suite: base URI} of what the system's apt would fetch."""
    out = subprocess.run(["apt-get", "--print-uris", "update"], text=True,
                         stdout=subprocess.PIPE, check=True, timeout=60,
                         env=_clean_env()).stdout
    found = re.findall(r"^'(\S+?)/+dists/([^']+)/(?:In)?Release'", out, re.M)
    return {suite: base for base, suite in found}


def _clean_env(conf=None):
    env = {k: v for k, v in os.environ.items() if k != "APT_CONFIG"}
    env["LC_ALL"] = "C"
    if conf:
        env["APT_CONFIG"] = str(conf)
    return env


def _source_lines(suite, arch):
    """sources.list lines for suite, with the system's base addresses."""
    have, code = system_sources(), _os_codename()
    opts = f"[signed-by={KEYRING} arch={arch} check-valid-until=no]"
    base = have.get(suite) or have.get(code)
    if not base:
        raise AptError(f"apt: the system has no source for '{code}', "
                       f"so '{suite}' cannot be found beside it")
    lines = [f"deb {opts} {base} {suite} main"]
    if suite not in ROLLING:
        for suffix in ("-security", "-updates"):
            base = have.get(suite + suffix) or have.get(code + suffix)
            if base:
                lines.append(f"deb {opts} {base} {suite}{suffix} main")
    return lines


def _write(path, text):
    if not path.exists() or path.read_text() != text:
        path.write_text(text)


class Suite:
    """One suite's private apt state; use it in a with block. arch: Debian's
    name of another architecture than this one's."""

    def __init__(self, name, arch="amd64"):
        if not available():
            raise AptError("apt: packages by name need Debian's apt-get, "
                           "dpkg-deb and debian-archive-keyring")
        self.name = name
        self.arch = arch
        self.dir = paths.cache("apt", name if arch == "amd64" else f"{name}-{arch}")
        self.conf = self.dir / "apt.conf"

    def __enter__(self):
        self._lock = open(self.dir / "lock", "w", encoding="utf-8")
        fcntl.flock(self._lock, fcntl.LOCK_EX)
        try:
            self._configure()
            self._update()
        except BaseException:
            self._lock.close()
            raise
        return self

    def __exit__(self, *_):
        self._lock.close()

    def _configure(self):
        for sub in ("lists/partial", "cache/archives/partial", "debs"):
            (self.dir / sub).mkdir(parents=True, exist_ok=True)
        d = self.dir
        # what has not changed stays as old as it is, or apt builds its cache anew for each question
        _write(d / "status", "")
        _write(self.conf, f"""\
Dir::Etc::sourcelist "{d}/sources.list";
Dir::Etc::sourceparts "/dev/null";
Dir::Etc::preferences "/dev/null";
Dir::Etc::preferencesparts "/dev/null";
Dir::State "{d}";
Dir::State::lists "{d}/lists";
Dir::State::status "{d}/status";
Dir::Cache "{d}/cache";
Acquire::Languages "none";
Acquire::Retries "3";
APT::Architecture "{self.arch}";
APT::Architectures "{self.arch}";
APT::Install-Recommends "false";
APT::Get::Assume-Yes "true";
APT::Sandbox::User "";
""")

    def _update(self):
        lines = _source_lines(self.name, self.arch)
        try:
            self._update_from(lines)
        except AptError:
            # a mirror may be between two states; of another architecture the suite itself does
            if self.arch == "amd64" or len(lines) == 1:
                raise
            self._update_from(lines[:1])

    def _update_from(self, lines):
        stamp = self.dir / "updated"
        want = "\n".join(lines) + "\n"
        listed = self.dir / "sources.list"
        if (listed.exists() and listed.read_text() == want and
                stamp.exists() and time.time() - stamp.stat().st_mtime < FRESH_S):
            return
        listed.write_text(want)
        self.run("apt-get", "update", "-qq")
        stamp.touch()

    def run(self, *cmd, timeout=900, cwd=None):
        """Run an apt command on this state and return its output."""
        done = subprocess.run(cmd, env=_clean_env(self.conf), text=True,
                              cwd=cwd, timeout=timeout, check=False,
                              stdin=subprocess.DEVNULL,
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        if done.returncode:
            raise AptError(f"apt: {self.name}: {' '.join(cmd)}: "
                           f"{done.stderr.strip() or done.stdout.strip()}")
        return done.stdout

    def show(self, package):
        """{field: value} of the newest version of package. Kept as long as the lists: apt-cache
        reads all of these for each question, where the system lets it keep no cache."""
        kept = self.dir / "shown" / package
        if kept.exists() and kept.stat().st_mtime >= (self.dir / "updated").stat().st_mtime:
            out = kept.read_text()
        else:
            out = self.run("apt-cache", "--no-all-versions", "show", package)
            kept.parent.mkdir(exist_ok=True)
            kept.write_text(out)
        fields = re.findall(r"^([\w-]+): (.*)$", out.split("\n\n", 1)[0], re.M)
        return dict(fields)

    def _forget_archives(self):
        """apt lists and fetches what it has not; what an earlier run fetched and did not take would be missing."""
        archives = self.dir / "cache/archives"
        for old in archives.glob("*.deb"):
            old.unlink(missing_ok=True)
        return archives

    def closure(self, *packages):
        """Names of packages and all they depend on."""
        self._forget_archives()
        out = self.run("apt-get", "install", "--print-uris", "-qq", *packages)
        return [f.split("_", 1)[0] for f in
                re.findall(r"^'[^']+' (\S+)_\w+\.deb ", out, re.M)]

    def download(self, *packages):
        """Fetch exactly these packages; returns the .deb files."""
        debs = []
        for package in packages:
            out = self.run("apt-get", "download", "--print-uris", "-qq", package)
            name = re.search(r"^'[^']+' (\S+\.deb) ", out, re.M).group(1)
            deb = self.dir / "debs" / name
            if not deb.exists():
                self.run("apt-get", "download", "-qq", package,
                         cwd=self.dir / "debs")
            debs.append(deb)
        return debs

    def download_closure(self, *packages):
        """Fetch packages with their dependencies; returns the .deb files."""
        archives = self._forget_archives()
        self.run("apt-get", "install", "--download-only", "-qq", *packages)
        return sorted(archives.glob("*.deb"))


def unpack(deb, dest, *members):
    """Unpack a .deb (or only members of it, as ./path patterns) into dest."""
    dest = pathlib.Path(dest)
    dest.mkdir(parents=True, exist_ok=True)
    with subprocess.Popen(["dpkg-deb", "--fsys-tarfile", str(deb)],
                          stdout=subprocess.PIPE) as src:
        subprocess.run(["tar", "-x", "--no-same-owner",
                        "--keep-directory-symlink", "-C", str(dest),
                        *(["--wildcards", *members] if members else [])],
                       stdin=src.stdout, check=True, timeout=600)
        src.stdout.close()
        if src.wait():
            raise AptError(f"apt: {deb}: cannot unpack")
