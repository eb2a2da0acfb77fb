"""Facts about the code of all rooms."""

import ast
import os
import subprocess
import sys

from gateway.logs import KEYS, SAID
from tests.rules.sources import ROOT, functions, modules


def test_nobody_imports_whom_they_may_not():
    done = subprocess.run(
        [
            sys.executable,
            "-c",
            "from importlinter.cli import lint_imports_command as c; c()",
            "--no-cache",
        ],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout


def test_nothing_is_imported_inside_a_function():
    inside = {
        f"{name}:{one.name}"
        for name, one in functions()
        for node in ast.walk(one)
        if isinstance(node, ast.Import | ast.ImportFrom)
    }
    assert inside == set()


def test_every_module_and_every_public_function_and_class_says_what_it_is():
    silent = []
    for name, source, tree in modules():
        if source and ast.get_docstring(tree) is None:
            silent.append(name)
        public = [
            node
            for node in ast.walk(tree)
            if isinstance(node, ast.FunctionDef | ast.ClassDef) and not node.name.startswith("_")
        ]
        top = {id(node) for node in tree.body}
        silent += [
            f"{name}:{node.name}"
            for node in public
            if id(node) in top and ast.get_docstring(node) is None
        ]
    assert silent == []


# One bad row stops nobody (docs/decisions/0011): where rows and duties are taken one by one.
LOOPS = [
    "gateway/handing_over.py",
    "models/services/sweeping.py",
    "workers/converse.py",
    "workers/exporting.py",
    "workers/keeper/press.py",
    "workers/silence.py",
    "workers/timetable.py",
]


def test_nobody_catches_everything_but_the_loops_that_must_go_on():
    broad = [
        name
        for name, _, tree in modules()
        for node in ast.walk(tree)
        if isinstance(node, ast.ExceptHandler)
        and (
            node.type is None
            or (isinstance(node.type, ast.Name) and node.type.id in {"Exception", "BaseException"})
        )
    ]
    assert sorted(broad) == LOOPS


def test_every_key_of_a_log_line_is_one_that_logs_keep():
    unknown = {
        f"{name}:{key.value}"
        for name, _, tree in modules()
        for call in ast.walk(tree)
        if isinstance(call, ast.Call)
        for keyword in call.keywords
        if keyword.arg == "extra" and isinstance(keyword.value, ast.Dict)
        for key in keyword.value.keys
        if key.value not in KEYS - SAID
    }
    assert unknown == set()


def test_flows_ask_for_no_clock_and_no_chance():
    asking = {"datetime.now", "time.time", "date.today", "random.random", "secrets.randbelow"}
    found = {
        f"{name}:{ast.unparse(node.func)}"
        for name, _, tree in modules()
        if name.startswith("flows/")
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and ast.unparse(node.func) in asking
    }
    assert found == set()
