"""Runs a function over the texts of many files, in several processes where that pays."""

from __future__ import annotations

import gc
import json
import multiprocessing
import signal
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool

from consolidator.errors import Refusal
from consolidator.index.processes import MOST, available_cores, can_fork, forked
from consolidator.index.simulation import deep_recursion
from consolidator.workspace import SourceFile

Extract = Callable[[str], object]
Chunk = list[tuple[str, SourceFile]]
Results = dict[str, str | None]

_FEW_BYTES = 300_000  # parsing so much takes about as long as starting processes
_MOST_CHUNK_BYTES = 500_000
_CHUNKS_EACH = 6  # for each process, so that they end at about the same time
_SPAWNING = 10  # how much longer it takes to start a process that cannot be forked
_MOST_PROCESSES = 8  # the one that collects the results keeps no more of them busy


def extracted(
    extract: Extract, files: Mapping[str, SourceFile], progress: Callable[[int, int], None]
) -> dict[str, str]:
    """What `extract` says of each file, under the same key, as JSON text.

    That is a list of one for a success, and a string, the reason, for a file that does not parse.
    Files that cannot be decoded are left out. `progress` is told how many of how many are done.
    """
    found: Results = {}
    for results in _each_chunk(extract, files):
        found |= results
        progress(len(found), len(files))
    return {key: text for key, text in found.items() if text is not None}


def _each_chunk(extract: Extract, files: Mapping[str, SourceFile]) -> Iterator[Results]:
    total = sum(len(file.data) for file in files.values())
    processes = min(_MOST_PROCESSES, available_cores())
    wanted = min(_MOST_CHUNK_BYTES, total // (processes * _CHUNKS_EACH))
    chunks = list(_chunks(files, max(wanted, total // MOST)))
    done: set[int] = set()
    if processes > 1 and total > (_FEW_BYTES if can_fork() else _FEW_BYTES * _SPAWNING):
        try:
            for number, results in _in_parallel(extract, chunks, processes):
                done.add(number)
                yield results
        except (OSError, BrokenProcessPool):
            pass  # no process to be had, or one was killed: what is left is done here
    for number, chunk in enumerate(chunks):
        if number not in done:
            yield _extract_chunk(extract, chunk)


def _chunks(files: Mapping[str, SourceFile], wanted: int) -> Iterator[Chunk]:
    """Files of about that number of bytes together, large ones first."""
    chunk: Chunk = []
    size = 0
    for item in sorted(files.items(), key=lambda item: len(item[1].data), reverse=True):
        chunk.append(item)
        size += len(item[1].data)
        if size >= wanted:
            yield chunk
            chunk, size = [], 0
    if chunk:
        yield chunk


def _extract_chunk(extract: Extract, chunk: Chunk) -> Results:
    with deep_recursion():
        return {key: _extract(extract, file) for key, file in chunk}


def _extract(extract: Extract, file: SourceFile) -> str | None:
    try:
        return json.dumps([extract(file.text)], separators=(",", ":"))
    except SyntaxError as error:
        return json.dumps(f"line {error.lineno}: {error.msg}")
    except RecursionError:
        return json.dumps("it is nested too deeply")
    except Refusal:
        return None


def _in_parallel(
    extract: Extract, chunks: list[Chunk], processes: int
) -> Iterator[tuple[int, Results]]:
    """The results of the chunks by their number; some may be missing."""
    if can_fork():
        yield from forked(
            lambda number: _extract_chunk(extract, chunks[number]), len(chunks), processes
        )
        return
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(processes, context, _start_worker) as pool:
        futures = {
            pool.submit(_extract_chunk, extract, chunk): number
            for number, chunk in enumerate(chunks)
        }
        try:
            for future in as_completed(futures):
                yield futures[future], future.result()
        finally:
            pool.shutdown(cancel_futures=True)


def _start_worker() -> None:
    gc.disable()  # as in the process that the command started
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the other process ends this one
