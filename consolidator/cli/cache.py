"""`consolidate cache`: what is kept between runs."""

from __future__ import annotations

from datetime import datetime

import typer

from consolidator.cli.common import DONE

cache = typer.Typer(no_args_is_help=True, help="Look at what is kept between runs, or remove it.")


@cache.command()
def info() -> int:
    """Show where facts about files are kept, and how much there is of them."""
    from consolidator.index.cache_files import cache_files, count_entries, default_path

    ours = default_path()
    files = cache_files(ours.parent)
    print(f"folder\t{ours.parent}")
    print(f"size\t{_size(sum(file.size for file in files))}")
    print(f"versions\t{len(files)}")
    for file in files:
        used = datetime.fromtimestamp(file.used).strftime("%Y-%m-%d")
        mark = " (this version)" if file.path == ours else ""
        entries = count_entries(file.path)
        held = "cannot be read" if entries is None else f"{entries:,} entries"
        print(f"{file.path.name}\t{_size(file.size)}\t{held}\tused {used}{mark}")
    return DONE


@cache.command()
def clear() -> int:
    """Remove what every version of the tool has kept; the next run reads all files anew."""
    from consolidator.index.cache_files import cache_files, default_path, discard

    files = cache_files(default_path().parent)
    for file in files:
        discard(file.path)
    print(f"removed {len(files)} files, {_size(sum(file.size for file in files))}")
    return DONE


def _size(count: int) -> str:
    return f"{count / 1e6:.1f} MB"
