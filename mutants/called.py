"""A pytest plugin: the functions of the sources that each passing test calls, and its time.

Written as JSON to ``$CALLED``: {test: [seconds, [file::function, ...]]}.
"""

import json
import os
import sys
import threading
import time
from pathlib import Path

import pytest

ROOT = f"{Path(__file__).parents[1]}/"
ROOMS = (f"{ROOT}src/", f"{ROOT}workflow/")
called: dict[str, set[str]] = {"": set()}
seconds: dict[str, float] = {}
failed: set[str] = set()
running = ""


def watch(frame, event, _):
    code = frame.f_code
    if event == "call" and code.co_filename.startswith(ROOMS):
        called[running].add(f"{code.co_filename.removeprefix(ROOT)}::{code.co_qualname}")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item):
    global running
    running, begun = item.nodeid, time.monotonic()
    called[running] = set()
    try:
        return (yield)
    finally:
        seconds[running] = time.monotonic() - begun
        running = ""


def pytest_runtest_logreport(report):
    if report.outcome != "passed":
        failed.add(report.nodeid)


def pytest_sessionstart():
    sys.setprofile(watch)
    threading.setprofile(watch)


def pytest_sessionfinish():
    sys.setprofile(None)
    passed = seconds.keys() - failed
    found = {test: [round(seconds[test], 3), sorted(called[test])] for test in sorted(passed)}
    Path(os.environ["CALLED"]).write_text(json.dumps(found))
