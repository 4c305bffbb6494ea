"""Ask a fork server of the package's own interpreter to import modules; keep what is known."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

SERVER = Path(__file__).with_name("probe_server.py")


@dataclass(frozen=True, slots=True)
class Identity:
    """A class, and the modules of which to ask whether they offer one and the same."""

    class_name: str
    modules: tuple[str, ...]

    @property
    def key(self) -> str:
        """Under which name the answer stands; no module is called so."""
        return f"<{self.class_name} of {', '.join(self.modules)}>"

    def request(self) -> dict[str, Any]:
        return {"key": self.key, "class": self.class_name, "modules": list(self.modules)}


@dataclass(frozen=True, slots=True)
class Environment:
    """A tree to import from, what it needs beside it, and where bytecode may be kept."""

    tree: Path
    site: Path
    bytecode: Path
    preload: tuple[str, ...] = ()

    @property
    def python(self) -> list[str]:
        """The interpreter, without its own site-packages."""
        return [sys.executable, "-S", "-P"]

    def variables(self) -> dict[str, str]:
        places = [self.tree, self.site]
        if (self.tree / "src").is_dir():
            places.insert(0, self.tree / "src")
        return {
            **os.environ,
            "PYTHONPATH": os.pathsep.join(map(str, places)),
            "PYTHONPYCACHEPREFIX": str(self.bytecode),
            "PYTHONHASHSEED": "0",
            "OPENBLAS_NUM_THREADS": "1",
            "OMP_NUM_THREADS": "1",
            "MPLBACKEND": "agg",
        }


class Probe:
    """A running fork server; start it with `with`."""

    def __init__(self, environment: Environment) -> None:
        self._environment = environment
        self._lock = threading.Lock()

    def __enter__(self) -> Probe:
        command = [*self._environment.python, str(SERVER), *self._environment.preload]
        self._process = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            cwd=self._environment.tree,
            env=self._environment.variables(),
            text=True,
        )
        return self

    def __exit__(self, *_: object) -> None:
        if self._process.stdin:
            self._process.stdin.close()
        self._process.wait()
        if self._process.stdout:
            self._process.stdout.close()

    def ask(
        self,
        modules: Iterable[str],
        expect: Mapping[str, Sequence[str]] | None = None,
        identities: Sequence[Identity] = (),
    ) -> dict[str, Any]:
        """Import each module first; what each offers, or how it failed, by name.

        `expect` lists names that a module should still have; under the key of each of the
        `identities` the answer says whether its modules offer one and the same class.
        """
        request: dict[str, Any] = {"modules": sorted(set(modules)), "expect": expect or {}}
        request["identity"] = [each.request() for each in identities]
        with self._lock:
            line = self._exchange(json.dumps(request))
        # The same words wherever the tree stands.
        answer: dict[str, Any] = json.loads(line.replace(str(self._environment.tree), "<tree>"))
        return answer

    def _exchange(self, request: str) -> str:
        assert self._process.stdin and self._process.stdout
        self._process.stdin.write(request + "\n")
        self._process.stdin.flush()
        line = self._process.stdout.readline()
        if not line:
            self.__enter__()  # for the moves that come after this one
            raise RuntimeError(f"the fork server of {self._environment.tree} died")
        return line


class Baseline:
    """What the untouched package offers, module by module, remembered in a file."""

    def __init__(self, probe: Probe, folder: Path, stamp: str) -> None:
        self._probe = probe
        self._lock = threading.Lock()
        self._modules = _Memory(folder, f"{stamp}{sys.version}{SERVER.read_text()}")
        self._tests = _Memory(folder, f"tests{stamp}{sys.version}")

    def of(self, modules: Iterable[str]) -> dict[str, Any]:
        """The reports of these modules, asking only for those not known yet."""
        wanted = set(modules)
        with self._lock:
            unknown = wanted - self._modules.known.keys()
            if unknown:
                self._modules.learn(self._probe.ask(unknown))
            return {module: self._modules.known[module] for module in wanted}

    def identity(self, module: str, class_name: str) -> dict[str, Any]:
        """What the class is, and refers to, where it stands now."""
        asked = Identity(class_name, (module,))
        with self._lock:
            if asked.key not in self._modules.known:
                self._modules.learn(self._probe.ask([], identities=[asked]))
            found: dict[str, Any] = self._modules.known[asked.key]
        return found

    def tests(self, file: str) -> dict[str, Any] | None:
        """What an earlier run of a test file gave."""
        return self._tests.known.get(file)

    def remember_tests(self, file: str, outcome: dict[str, Any]) -> None:
        """Keep what a run of a test file gave."""
        with self._lock:
            self._tests.learn({file: outcome})


class _Memory:
    """A mapping kept in a file that several runs may add to."""

    def __init__(self, folder: Path, version: str) -> None:
        digest = hashlib.blake2b(version.encode(), digest_size=8).hexdigest()
        self._file = folder / f"{digest}.json"
        self.known: dict[str, Any] = self._read()

    def _read(self) -> dict[str, Any]:
        return dict(json.loads(self._file.read_text())) if self._file.is_file() else {}

    def learn(self, facts: Mapping[str, Any]) -> None:
        """Add facts, and what another run has learnt meanwhile."""
        self.known = {**self._read(), **self.known, **facts}
        self._file.parent.mkdir(parents=True, exist_ok=True)
        fresh = self._file.with_suffix(f".{os.getpid()}")
        fresh.write_text(json.dumps(self.known))
        fresh.replace(self._file)
