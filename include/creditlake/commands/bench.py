"""``bench identity`` and ``bench train``: how well records find their subjects, and the model by which they do."""

from __future__ import annotations

import argparse
import contextlib
import json
import math
import os
import resource
import tempfile
import time
from collections.abc import Iterator
from dataclasses import asdict
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from creditlake.commands.failure import Failed, lake_of
from creditlake.commands.stopping import ending_at_ctrl_c
from creditlake.home import code_version, seeds_sha256
from creditlake.lake import LakePaths, reading
from creditlake.text import say, table

LEAST = 100
"""Fewer subjects or records say nothing."""
_FIGURES = ("linked", "wrong", "precision", "recall", "review")


def bench_identity(options: argparse.Namespace) -> int:
    """Measure rules alone, Splink alone and the ladder on one world, and FEBRL where asked."""
    _check(options)
    from creditlake.linkage import DESIGNS, figures
    from creditlake.linkage.alone import link_by_splink

    result = _described(options)
    with _world(options, result, held_out=options.held_out) as paths, reading(paths) as connection:
        with _timed(result, "splink"):
            link_by_splink(connection)
        result["designs"] = {design: [asdict(one) for one in figures(connection, design)] for design in DESIGNS}
    if options.febrl:
        from creditlake.linkage.febrl import febrl

        with _timed(result, "febrl"):
            result["febrl"] = [asdict(one) | {"f1": one.f1} for one in febrl()]
    say(json.dumps(result, ensure_ascii=False, indent=1) if options.json else _told(result))
    return 0


def bench_train(options: argparse.Namespace) -> int:
    """Fit the model to a world or a lake and write its weights as one version of the seed."""
    _check(options)
    from creditlake.linkage.training import train
    from creditlake.linkage.weights import model_in_force, read_weights, weights_file, write_weights

    lake = contextlib.nullcontext(lake_of(options)) if options.lake else _world(options, _described(options))
    try:
        with lake as paths, reading(paths) as connection:
            weights = train(connection, read_weights(weights_file(), model_in_force()))
    except ValueError as error:
        raise Failed(f"nothing was trained: {error}") from error
    write_weights(options.out, options.model_version, weights)
    rows = [
        (*key, f"{one.m:.6g}", f"{one.u:.6g}" if one.u else None, f"{math.log2(one.m / one.u):.1f}" if one.u else None)
        for key, one in weights.items()
    ]
    say(table(("comparison", "agreement", "m", "u", "bits"), rows))
    say(f"\nmodel {options.model_version} is in {options.out}; ref_linkage_limits says which model is in force")
    return 0


def _check(options: argparse.Namespace) -> None:
    if find_spec("splink") is None:
        raise Failed("this needs Splink, which a build does not: install creditlake[bench]")
    if min(options.subjects, options.records) < LEAST:
        raise Failed(f"fewer than {LEAST} subjects or records say nothing")
    if options.keep and options.keep.exists():
        raise Failed(f"{options.keep} is there already; a world needs a new folder")


def _described(options: argparse.Namespace) -> dict[str, Any]:
    return {
        "subjects": options.subjects,
        "records": options.records,
        "seed": options.seed,
        "cpus": os.cpu_count(),
        "code_version": code_version(),
        "seeds_sha256": seeds_sha256(),
        "seconds": {},
        "peak_mb": {},
    }


@contextlib.contextmanager
def _world(options: argparse.Namespace, result: dict[str, Any], *, held_out: bool = False) -> Iterator[LakePaths]:
    """Yield a lake with a world and the project's models over it; unless it is to be kept, it is gone afterwards."""
    from creditlake.linkage import build_ladder, homophones_of_seed, write_world
    from creditlake.synthetic.linkage import FAMILIAR, HELD_OUT, world

    result["words"] = "held out" if held_out else "familiar"
    with tempfile.TemporaryDirectory(prefix="creditlake-bench-") as folder, ending_at_ctrl_c(Path(folder)):
        paths = LakePaths(options.keep.resolve() if options.keep else Path(folder))
        with _timed(result, "world"):
            words = HELD_OUT if held_out else FAMILIAR
            known, said = world(options.seed, options.subjects, options.records, words, homophones_of_seed())
            write_world(paths, known, said)
        with _timed(result, "models"):
            nodes = build_ladder(paths)
        result["models"] = [
            {"name": node.name, "rows": node.rows, "seconds": node.seconds} for node in nodes if node.kind == "model"
        ]
        yield paths


@contextlib.contextmanager
def _timed(result: dict[str, Any], step: str) -> Iterator[None]:
    """Keep how long a step took, and the peak memory of this process up to its end, in MB."""
    begun = time.perf_counter()
    yield
    result["seconds"][step] = round(time.perf_counter() - begun, 2)
    result["peak_mb"][step] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss >> 10


def _told(result: dict[str, Any]) -> str:
    parts = [
        f"{result['subjects']} subjects, {result['records']} records, seed {result['seed']}, {result['words']} words",
        _designs(result["designs"]),
        _kinds(result["designs"]),
        table(("model", "rows", "seconds"), [(m["name"], m["rows"], f"{m['seconds']:.2f}") for m in result["models"]]),
        table(
            ("step", "seconds", "peak MB so far"),
            [(step, f"{seconds:.1f}", result["peak_mb"][step]) for step, seconds in result["seconds"].items()],
        ),
    ]
    if "febrl" in result:
        header = ("set", "rows", "true pairs", "precision", "recall", "F1")
        rows = [
            (one["name"], one["records"], one["pairs"], *(f"{one[name]:.4f}" for name in ("precision", "recall", "f1")))
            for one in result["febrl"]
        ]
        parts.append(table(header, rows))
    return "\n\n".join(parts)


def _designs(designs: dict[str, list[dict[str, Any]]]) -> str:
    return table(("design", *_FIGURES), [(design, *_cells(found[0], _FIGURES)) for design, found in designs.items()])


def _kinds(designs: dict[str, list[dict[str, Any]]]) -> str:
    """One row per kind of damage: how many, and of each design wrong links, recall and review."""
    shown = ("wrong", "recall", "review")
    header = ("kind", "records", *(f"{design} {name}" for design in designs for name in shown))
    rows = [
        (kinds[0]["kind"], kinds[0]["records"], *(cell for one in kinds for cell in _cells(one, shown)))
        for kinds in zip(*designs.values(), strict=True)
    ]
    return table(header, rows[1:])


def _cells(one: dict[str, Any], names: tuple[str, ...]) -> list[object]:
    return [f"{one[name]:.6f}" if isinstance(one[name], float) else one[name] for name in names]
