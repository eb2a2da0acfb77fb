"""Nothing grows past what one can hold in one's head."""

import ast

from tests.rules.sources import ROOT, functions, modules

MODULE, FUNCTION, PARAMETERS = 300, 25, 5
EDGELESS = {"models.py", "views.py", "utils.py", "helpers.py", "tasks.py"}


def lines_of(function):
    """Lines of a function without its docstring, which may be as long as it must."""
    length = function.end_lineno - function.lineno + 1
    if ast.get_docstring(function) is not None:
        docstring = function.body[0]
        length -= docstring.end_lineno - docstring.lineno + 1
    return length


def parameters_of(function):
    named = [*function.args.posonlyargs, *function.args.args, *function.args.kwonlyargs]
    return [one.arg for one in named if one.arg not in {"self", "cls"}]


def test_no_module_has_more_than_300_lines():
    long = {name: source.count("\n") for name, source, _ in modules()}
    assert {name: lines for name, lines in long.items() if lines > MODULE} == {}


def test_no_function_has_more_than_25_lines():
    long = {f"{name}:{one.name}": lines_of(one) for name, one in functions()}
    assert {name: lines for name, lines in long.items() if lines > FUNCTION} == {}


def test_no_function_takes_more_than_5_parameters():
    wide = {
        f"{name}:{one.name}": len(parameters_of(one))
        for name, one in functions()
        # What a library or the command line dictates is not ours to shorten.
        if not one.decorator_list and one.name != "__init__"
    }
    assert {name: count for name, count in wide.items() if count > PARAMETERS} == {}


def test_no_file_has_a_name_without_an_edge():
    names = [path for path in ROOT.rglob("*.py") if ".venv" not in path.parts]
    assert [path for path in names if path.name in EDGELESS] == []
