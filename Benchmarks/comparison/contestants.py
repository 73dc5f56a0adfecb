"""Who takes part, from the command line."""

from __future__ import annotations

import difflib
import os

from peers import PEERS, QUICK

from . import Mistake
from .runs import contestant_from_solve


def chosen_peers(arguments, families):
    by_name = {peer.name: peer for peer in PEERS}
    if arguments.peers == "none":
        return []
    if arguments.peers is None:
        fit = [peer for peer in PEERS if set(peer.families) & set(families)]
        return [peer for peer in fit if (peer.name in QUICK if arguments.quick else peer.default)]
    names = [name.strip() for name in arguments.peers.split(",")]
    for name in names:
        if name not in by_name:
            near = difflib.get_close_matches(name, by_name, 1)
            hint = f"do you mean {near[0]!r}?" if near else "--list-peers shows them"
            raise Mistake(f"no peer is called {name!r}; {hint}")
    return [by_name[name] for name in names]


def our_contestants(arguments):
    if arguments.no_solve:
        return []
    program = arguments.solve_binary
    if not os.access(program, os.X_OK):
        raise Mistake(
            f"no command at {program}: build it with `make build`, name another with --solve-binary, "
            "or leave it out with --no-solve"
        )
    variants = arguments.solve or ["auto"]
    return [contestant_from_solve(variant, program.resolve(), arguments.solve_options) for variant in variants]
