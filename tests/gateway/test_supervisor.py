"""The processes of one machine: started together, kept alive, and ended together."""

import shutil
import signal
import subprocess
import sys
import time

import psutil
import pytest

from tests.gateway.running import Running, make_demo, temporary_home

PROGRAMS = {"valkey", "keeper", "worker", "public", "console", "network"}


@pytest.fixture(scope="module")
def prepared():
    """A demo programme, initialised once for all tests of this module."""
    home = temporary_home()
    running = Running(home)
    make_demo(home, running.environment)
    yield running
    running.close()
    shutil.rmtree(home.parent)


@pytest.fixture
def running(prepared):
    """It runs, whatever the test before did to it."""
    return prepared.start()


def still_at_work(processes, *, within_s):
    """Those that have not ended by then; one that nobody has buried yet has ended all the same."""
    _, there = psutil.wait_procs(processes, timeout=within_s)
    return [one for one in there if is_at_work(one)]


def is_at_work(process):
    try:
        return process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def test_everything_runs_and_the_first_lines_say_where(running):
    assert set(running.children()) >= PROGRAMS
    phones, console, webhooks, stop = running.said().splitlines()[:4]
    assert phones.endswith(f"http://127.0.0.1:{running.port}/phone")
    assert f"http://localhost:{running.environment['JAABI_CONSOLE_PORT']} " in console
    assert "triager@jaabi.example" in console
    assert "jaabi accounts code" in console
    assert "/hooks/phone/" in webhooks
    assert "Ctrl-C" in stop
    assert "+223 7000 0151" in running.said()
    done = running.jaabi("doctor")
    assert done.returncode == 0, done.stdout


def test_the_whole_service_at_rest_fits_into_500_megabytes(running):
    family = [psutil.Process(running.process.pid), *running.children().values()]
    total = sum(process.memory_full_info().pss for process in family)
    assert total < 500 * 1024 * 1024


@pytest.mark.skipif(sys.platform != "linux", reason="only there others' limits can be asked for")
def test_no_process_may_leave_a_core_file_in_which_numbers_would_lie(running):
    family = [psutil.Process(running.process.pid), *running.children().values()]
    assert {process.rlimit(psutil.RLIMIT_CORE) for process in family} == {(0, 0)}


@pytest.mark.parametrize("name", sorted(PROGRAMS))
def test_a_process_that_is_killed_is_started_again_at_once(running, name):
    before = running.children()[name]
    running.kill(before)
    running.until(
        lambda: running.children().get(name, before).pid != before.pid and running.is_ready()
    )


def test_a_killed_web_worker_answers_again(running):
    before = running.children()["public below"]
    running.kill(before)
    running.until(lambda: not before.is_running(), 5)
    running.until(running.is_ready)


def test_when_the_supervisor_is_killed_all_end_within_two_seconds_and_the_next_start_is_clean(
    running,
):
    children = list(running.children().values())
    running.process.send_signal(signal.SIGKILL)
    running.process.wait()
    assert still_at_work(children, within_s=2) == []
    running.start()
    assert set(running.children()) >= PROGRAMS
    assert running.is_ready()


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT])
def test_told_to_stop_all_end_within_five_seconds(running, how):
    children = list(running.children().values())
    begun = time.monotonic()
    running.process.send_signal(how)
    assert running.process.wait(10) == 0
    assert time.monotonic() - begun < 5
    assert still_at_work(children, within_s=0.1) == []


def test_a_second_run_on_the_same_home_is_refused_in_words(running):
    done = running.jaabi("run", "--demo")
    assert done.returncode == 2
    assert "already runs" in done.stderr
    assert running.is_ready()


def test_a_port_that_is_taken_is_said_before_anything_starts(running, prepared):
    other = Running(temporary_home())
    other.environment["JAABI_PORT"] = str(prepared.port)
    make_demo(other.home, other.environment)
    done = other.jaabi("run", "--demo")
    assert done.returncode == 2
    assert "set JAABI_PORT" in done.stderr
    shutil.rmtree(other.home.parent)


def test_what_was_never_initialised_is_not_started(tmp_path):
    new = Running(tmp_path / "home")
    done = new.jaabi("run")
    assert done.returncode == 2
    assert "run `jaabi init` first" in done.stderr


def test_a_programme_without_an_outside_body_does_not_open(tmp_path):
    new = Running(tmp_path / "home")
    del new.environment["JAABI_DEMO"]
    assert new.jaabi("init").returncode == 0
    done = new.jaabi("run")
    assert done.returncode == 2
    assert "outside body" in done.stderr


def test_a_child_cannot_outlive_a_supervisor_even_when_the_kernel_does_not_help(prepared, tmp_path):
    lock = tmp_path / "lock"
    holder = subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(lock)], stdout=subprocess.PIPE, env=prepared.environment
    )
    assert holder.stdout.readline() == b"held\n"
    follower = subprocess.Popen(
        [sys.executable, "-c", FOLLOWER], env={**prepared.environment, "JAABI_LIFELINE": str(lock)}
    )
    assert follower.poll() is None
    holder.kill()
    holder.wait()
    holder.stdout.close()
    assert follower.wait(timeout=5) == 70


HOLDER = """
import sys, pathlib, signal
from gateway import lifeline
held = lifeline.hold(pathlib.Path(sys.argv[1]))
print("held", flush=True)
signal.pause()
"""
FOLLOWER = """
import signal
from gateway import lifeline
lifeline.follow()
signal.pause()
"""
