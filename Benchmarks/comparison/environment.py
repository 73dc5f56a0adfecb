"""The peers' home: a virtual environment beside this folder with pinned packages."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

HOME = Path(__file__).resolve().parent.parent / ".venv"
PYTHON = HOME / "bin" / "python"


def available(peers, say):
    """Splits peers into those that can run here, installing what they need, and the reasons why the others can't."""
    ready, missing = [], {}
    for peer in peers:
        reason = obstacle(peer, say)
        if reason:
            missing[peer.name] = reason
        else:
            ready.append(peer)
    return ready, missing


def obstacle(peer, say):
    if peer.program and not shutil.which(peer.program):
        return f"no {peer.program} on the path; install it (Debian and Ubuntu: apt-get install glpk-utils, macOS: brew install glpk)"
    return next((reason for package in peer.requires if (reason := install(package, say))), None)


_failed = {}


def install(package, say):
    """Installs a pinned package unless it is there; returns the reason if it can't be had."""
    if package not in _failed:
        _failed[package] = None if is_installed(package) else create(say) or pip(package, say)
    return _failed[package]


def is_installed(package):
    name, _, version = package.partition("==")
    return any(HOME.glob(f"lib/python*/site-packages/{name}-{version or '*'}.dist-info/RECORD"))


def create(say):
    if PYTHON.exists():
        return None
    say(f"making {HOME}")
    made = subprocess.run([sys.executable, "-m", "venv", str(HOME)], capture_output=True, text=True)
    if made.returncode == 0:
        return None
    shutil.rmtree(HOME, ignore_errors=True)
    return "Python can't make a virtual environment; install its venv module (Debian and Ubuntu: apt-get install python3-venv)"


def pip(package, say):
    say(f"installing {package}")
    command = [str(PYTHON), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", package]
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode == 0:
        return None
    complaints = [line for line in done.stderr.splitlines() if line.startswith("ERROR")] or done.stderr.splitlines()
    return f"pip can't install {package}: {complaints[-1] if complaints else 'no reason given'}"
