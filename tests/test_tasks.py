"""Sweeps: over a real cluster, through a killed worker, and on from what is on disk."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
import warnings
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tests.refusals import refusal

import withdrawal_risk as wr

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    from distributed import Client, LocalCluster

FAST = {"draws": 60, "tune": 100, "chains": 2, "cores": 1, "futures": 8, "progressbar": False}
DATES = ["2023-10", "2023-11", "2023-12"]


def square(task: dict[str, Any]) -> dict[str, Any]:
    """Square a number and leave a trace of having been called."""
    with Path(task["trace"]).open("a", encoding="utf-8") as file:
        file.write(f"{task['x']}\n")
    return {"square": task["x"] ** 2, "process": os.getpid()}


def die_once(task: dict[str, Any]) -> dict[str, Any]:
    """Kill the worker the first time the marked task is tried."""
    if task["x"] == 3:
        try:
            Path(task["marker"]).touch(exist_ok=False)
        except FileExistsError:
            pass
        else:
            os.kill(os.getpid(), signal.SIGKILL)
    time.sleep(0.05)
    return {"square": task["x"] ** 2}


def fail_at_two(task: dict[str, Any]) -> dict[str, Any]:
    """Fail where a marker is still missing."""
    if task["x"] == 2 and not Path(task["marker"]).exists():
        raise KeyboardInterrupt
    return square(task)


def numbers(n: int, **more: Any) -> dict[str, Any]:
    return {f"task-{x}": {"x": x, **more} for x in range(n)}


@pytest.fixture(scope="module")
def client() -> Iterator[Client]:
    """A cluster of two worker processes."""
    with (
        LocalCluster(
            n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None
        ) as cluster,
        Client(cluster) as client,
    ):
        # Workers import the tests by their name.
        client.run(sys.path.insert, 0, str(Path(__file__).parents[1]))
        yield client


class OneWorker:
    """One process of a cluster: a second one would compile the same once more."""

    def __init__(self, client: Client) -> None:
        self.client, self.worker = client, next(iter(client.scheduler_info()["workers"]))

    def map(self, function: Any, tasks: Any) -> Any:
        return [self.submit(function, task) for task in tasks]

    def submit(self, function: Any, task: Any) -> Any:
        return self.client.submit(function, task, workers=[self.worker])


@pytest.mark.slow
def test_a_cluster_gives_the_same_to_the_last_bit(
    client: Client, small: wr.Model, tmp_path: Path
) -> None:
    serial = wr.history(small, DATES, **FAST)  # type: ignore[arg-type]
    spread = wr.history(small, DATES, pool=OneWorker(client), folder=tmp_path, **FAST)  # type: ignore[arg-type]
    assert list(serial.index.unique(0)) == DATES
    assert spread.equals(serial)
    again = wr.history(small, DATES, folder=tmp_path, **FAST | {"cores": 2})  # type: ignore[arg-type]
    assert again.equals(serial) and len(list(tmp_path.iterdir())) == len(DATES), (
        "cores are no part of a result"
    )
    one = wr.fit(small, as_of="2023-11", draws=60, tune=100, chains=2, progressbar=False)
    alone = wr.outlook(one, futures=8).summary
    np.testing.assert_array_equal(serial.loc["2023-11", "probability"], alone["probability"])


def test_a_killed_worker_loses_nothing(client: Client, tmp_path: Path) -> None:
    tasks = numbers(8, marker=str(tmp_path / "killed"))
    found = wr.sweep(die_once, tasks, pool=client, folder=tmp_path / "kept", progressbar=False)
    assert (tmp_path / "killed").exists()
    assert [int(record["square"]) for record in found.values()] == [x**2 for x in range(8)]
    assert len(list((tmp_path / "kept").iterdir())) == 8


def test_work_is_spread_and_done_once(client: Client, tmp_path: Path) -> None:
    tasks = numbers(6, trace=str(tmp_path / "trace"))
    found = wr.sweep(square, tasks, pool=client, progressbar=False)
    assert os.getpid() not in {int(record["process"]) for record in found.values()}
    assert sorted((tmp_path / "trace").read_text().split()) == [str(x) for x in range(6)]


def test_an_interrupted_sweep_goes_on_where_it_was(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    tasks = numbers(5, trace=str(tmp_path / "trace"), marker=str(tmp_path / "marker"))
    with pytest.raises(KeyboardInterrupt):
        wr.sweep(fail_at_two, tasks, folder=tmp_path / "kept")
    assert len(list((tmp_path / "kept").iterdir())) == 2
    (tmp_path / "marker").touch()
    found = wr.sweep(fail_at_two, tasks, folder=tmp_path / "kept")
    assert [int(record["square"]) for record in found.values()] == [x**2 for x in range(5)]
    assert sorted((tmp_path / "trace").read_text().split()) == ["0", "1", "2", "3", "4"]
    assert "5/5" in capfd.readouterr().err
    # Another function or another task is another result.
    assert len(wr.sweep(square, tasks, folder=tmp_path / "kept", progressbar=False)) == 5
    assert len(list((tmp_path / "kept").iterdir())) == 10


def test_an_executor_serves(tmp_path: Path) -> None:
    tasks = numbers(4, trace=str(tmp_path / "trace"))
    with ThreadPoolExecutor(2) as pool:
        found = wr.sweep(square, tasks, pool=pool, progressbar=False)
    assert list(found) == list(tasks)


def test_refusals(small: wr.Model, tmp_path: Path) -> None:
    with pytest.raises(wr.WithdrawalRiskError, match="'a/b' is not a task's name"):
        wr.sweep(square, {"a/b": {}})
    with pytest.raises(wr.WithdrawalRiskError, match="as_of 2030-01 is not between"):
        wr.history(small, ["2023-10", "2030-01"])
    with pytest.raises(wr.WithdrawalRiskError, match="each once"):
        wr.history(small, ["2023-10", "2023-10"])
    tasks = numbers(1, trace=str(tmp_path / "trace"))
    wr.sweep(square, tasks, folder=tmp_path / "kept", progressbar=False)
    (file,) = (tmp_path / "kept").iterdir()
    file.write_bytes(b"not an archive")
    with pytest.raises(
        wr.WithdrawalRiskError, match=r"is not a result of a sweep .* delete it and run again"
    ):
        wr.sweep(square, tasks, folder=tmp_path / "kept", progressbar=False)


def slow_first(task: dict[str, Any]) -> dict[str, Any]:
    """Take long over the first task, and leave word once begun."""
    if task["x"] == 0:
        Path(task["marker"]).touch()
        time.sleep(task["wait"])
    return {"square": task["x"] ** 2}


def fail_at_one(task: dict[str, Any]) -> dict[str, Any]:
    """Fail at the second task."""
    if task["x"] == 1:
        raise ValueError("no square for 1")
    return {"square": task["x"] ** 2}


def test_a_killed_sweep_keeps_what_others_finished_while_its_first_task_ran(tmp_path: Path) -> None:
    code = (
        "import sys\nfrom concurrent.futures import ProcessPoolExecutor\nfrom tests.test_tasks import numbers, slow_first\n"
        "import withdrawal_risk as wr\n"
        "with ProcessPoolExecutor(2) as pool:\n"
        "    wr.sweep(slow_first, numbers(6, marker=sys.argv[1], wait=60), pool=pool, folder=sys.argv[2], progressbar=False)\n"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", code, tmp_path / "marker", tmp_path / "kept"], cwd=Path(__file__).parents[1], start_new_session=True,
        env=os.environ | {"PYTHONWARNINGS": "ignore"},
    )  # fmt: skip
    began = time.monotonic()
    while len(list((tmp_path / "kept").glob("*.npz"))) < 5 and time.monotonic() - began < 60:
        time.sleep(0.05)
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    assert (tmp_path / "marker").exists()
    assert sorted(path.name[:6] for path in (tmp_path / "kept").glob("*.npz")) == [
        f"task-{x}" for x in range(1, 6)
    ]


class Mapper:
    """A pool that has ``map`` and nothing else, as that of `multiprocessing`."""

    def map(self, function: Any, tasks: Any) -> Any:
        return list(map(function, tasks))


@pytest.mark.parametrize("kind", ["alone", "over a pool", "over a map"])
def test_a_fault_is_named_once_the_others_are_kept(kind: str, tmp_path: Path) -> None:
    with ThreadPoolExecutor(2) as threads:
        pool = {"alone": None, "over a pool": threads, "over a map": Mapper()}[kind]
        said = refusal(
            lambda: wr.sweep(
                fail_at_one, numbers(4), pool=pool, folder=tmp_path / "kept", progressbar=False
            )
        )
    assert (
        said == "task 'task-1' failed: ValueError: no square for 1; what the others found is kept"
    )
    assert len(list((tmp_path / "kept").iterdir())) == 3


def odd_keys(task: dict[str, Any]) -> dict[str, Any]:
    """Return arrays whose names NumPy's own function would take for its arguments."""
    return {"file": [1], "allow_pickle": [2.5], "a/b": ["text"], "كلمة": [True]}


def objects(task: dict[str, Any]) -> dict[str, Any]:
    """Return what no plain array holds."""
    return {"x": object()}


def nothing(task: dict[str, Any]) -> Any:
    """Return nothing."""


def test_results_may_be_called_anything_and_hold_plain_arrays(tmp_path: Path) -> None:
    for _ in range(2):
        found = wr.sweep(odd_keys, {"a": {}}, folder=tmp_path / "kept", progressbar=False)["a"]
        assert {name: value.tolist() for name, value in found.items()} == {
            "file": [1], "allow_pickle": [2.5], "a/b": ["text"], "كلمة": [True]
        }  # fmt: skip
    assert "return plain arrays by name" in refusal(
        lambda: wr.sweep(objects, {"a": {}}, progressbar=False)
    )
    assert "return arrays by name" in refusal(
        lambda: wr.sweep(nothing, {"a": {}}, progressbar=False)
    )


def test_names_are_checked_before_anything_runs(tmp_path: Path) -> None:
    tasks = numbers(1, trace=str(tmp_path / "trace"))
    for name in ("a" * 101, "a/b", "..", "", "أ", 3):
        assert "is not a task's name" in refusal(
            lambda name=name: wr.sweep(square, tasks | {name: tasks["task-0"]})  # type: ignore[misc]
        )  # type: ignore[misc]
    assert not (tmp_path / "trace").exists()


def test_a_folder_that_cannot_be_written_costs_no_task(tmp_path: Path) -> None:
    tasks = numbers(2, trace=str(tmp_path / "trace"))
    (tmp_path / "file").write_text("no folder", encoding="utf-8")
    assert "cannot be written" in refusal(
        lambda: wr.sweep(square, tasks, folder=tmp_path / "file", progressbar=False)
    )
    assert not (tmp_path / "trace").exists()


def fill_the_folder(task: dict[str, Any]) -> dict[str, Any]:
    """Let nothing be written where the result should be kept."""
    folder = Path(task["folder"])
    folder.rmdir() if folder.is_dir() else None
    folder.write_text("no folder any more", encoding="utf-8")
    return {"square": task["x"] ** 2}


def test_a_result_that_cannot_be_kept_is_there(tmp_path: Path) -> None:
    tasks = {"a": {"x": 3, "folder": str(tmp_path / "kept")}}
    with pytest.warns(wr.WithdrawalRiskWarning, match="the result of 'a' is not kept"):
        found = wr.sweep(fill_the_folder, tasks, folder=tmp_path / "kept", progressbar=False)
    assert int(found["a"]["square"]) == 9


def test_a_pool_that_is_shut_or_gives_too_little(tmp_path: Path) -> None:
    pool = ThreadPoolExecutor(1)
    pool.shutdown()
    assert "pool takes no tasks" in refusal(
        lambda: wr.sweep(odd_keys, {"a": {}}, pool=pool, progressbar=False)
    )

    class Short(Mapper):
        def map(self, function: Any, tasks: Any) -> Any:
            return super().map(function, tasks)[:1]

    tasks: dict[str, Any] = {"a": {}, "b": {}}
    said = refusal(lambda: wr.sweep(odd_keys, tasks, pool=Short(), progressbar=False))
    assert said == "task 'b' failed: ValueError: the pool gave no result"


class Multiplier:
    def __init__(self, by: int) -> None:
        self.by = by

    def times(self, task: dict[str, Any]) -> dict[str, Any]:
        return {"product": self.by * task["x"]}


def _closure(by: int) -> Any:
    def times(task: dict[str, Any]) -> dict[str, Any]:
        return {"product": by * task["x"]}

    return times


@pytest.mark.parametrize(
    "function",
    [lambda task: {}, _closure(2), Multiplier(2).times],
    ids=["lambda", "closure", "method"],
)
def test_what_shares_its_name_is_not_kept(function: Any, tmp_path: Path) -> None:
    """Two of them would be given each other's results; without a folder they are welcome."""
    said = ""
    try:
        wr.sweep(function, numbers(2), folder=tmp_path, progressbar=False)
    except wr.WithdrawalRiskError as refused:
        said = str(refused)
    assert "is not a function at the top of a module" in said
    assert not list(tmp_path.iterdir())
    assert len(wr.sweep(function, numbers(2), progressbar=False)) == 2


def test_scripts_do_not_share_their_functions(tmp_path: Path) -> None:
    """Two scripts are both called __main__."""
    found = []
    for by in (2, 3):
        script = tmp_path / f"script{by}.py"
        script.write_text(
            "import sys, withdrawal_risk as wr\n"
            f"def times(task):\n    return {{'product': {by} * task['x']}}\n"
            "print(int(wr.sweep(times, {'a': {'x': 5}}, folder=sys.argv[1], progressbar=False)['a']['product']))\n",
            encoding="utf-8",
        )
        run = subprocess.run(
            [sys.executable, script, tmp_path / "kept"], capture_output=True, text=True, check=True
        )
        found.append(int(run.stdout))
    assert found == [10, 15]


def scaled(task: dict[str, Any], by: int = 1, cores: int | None = None) -> dict[str, Any]:
    return {"product": by * task["x"]}


def test_what_is_bound_is_part_of_the_task(tmp_path: Path) -> None:
    """Except the number of cores, which changes no result."""
    found = [
        int(
            wr.sweep(partial(scaled, **bound), {"a": {"x": 5}}, folder=tmp_path, progressbar=False)[
                "a"
            ]["product"]
        )
        for bound in ({"by": 2}, {"by": 3}, {"by": 2, "cores": 1})
    ]
    assert found == [10, 15, 10] and len(list(tmp_path.iterdir())) == 2
    with pytest.raises(wr.WithdrawalRiskError, match="must be plain data"):
        wr.sweep(partial(scaled, by=object()), {"a": {"x": 5}}, folder=tmp_path, progressbar=False)
