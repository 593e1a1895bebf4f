import pytest

from plmemory.files import syntax
from plmemory.plan import sources


@pytest.fixture
def package(tmp_path, monkeypatch):
    """A package `plmemory` of three modules, a imports b, c alone; and a script that runs a."""
    root = tmp_path / "plmemory"
    root.mkdir()
    (root / "__init__.py").write_text('"""A package."""\n__version__ = "1"\n')
    (root / "a.py").write_text("def f():\n    from plmemory.deep import b\n    return b\n")
    (root / "deep").mkdir()
    (root / "deep/__init__.py").write_text("")
    (root / "deep/b.py").write_text('VALUE = 1\n\n\ndef g():\n    """Prose."""\n    return 1\n')
    (root / "c.py").write_text("VALUE = 2\n")
    script = tmp_path / "script.py"
    script.write_text("import numpy\nfrom plmemory.a import f\n")
    monkeypatch.setattr(sources, "PACKAGE", root)
    forget()
    yield root, script
    forget()


def forget():
    for function in (sources.code, syntax.read, sources._file):
        function.cache_clear()


def digest(script, *modules):
    forget()
    return sources.code(script, *modules).digest


@pytest.mark.parametrize("edited", ["a.py", "deep/b.py", "deep/__init__.py", "__init__.py"])
def test_an_edit_of_what_a_script_runs_changes_its_digest(package, edited):
    root, script = package
    before = digest(script)
    (root / edited).write_text((root / edited).read_text() + "\nMORE = 1\n")
    assert digest(script) != before


def test_other_modules_and_time_stamps_do_not(package):
    root, script = package
    before = digest(script)
    (root / "c.py").write_text("VALUE = 3\n")
    (root / "a.py").touch()
    assert digest(script) == before
    assert digest(script, "plmemory.c") != before


@pytest.mark.parametrize(
    "prose",
    [
        'VALUE = 1  # one\n\n\ndef g():\n    """Prose."""\n    return 1\n',
        'VALUE = 1\ndef g():\n    """Better prose,\n\n    on more lines.\n    """\n    return 1\n',
        "# A comment.\nVALUE = 1\n\ndef g():\n    return 1\n",
    ],
)
def test_prose_and_layout_do_not(package, prose):
    root, script = package
    before = digest(script)
    (root / "deep/b.py").write_text(prose)
    assert digest(script) == before


@pytest.mark.parametrize(
    "changed",
    [
        "VALUE = 1.0\n\n\ndef g():\n    return 1\n",
        "VALUE = 1\n\n\ndef g():\n    return 2\n",
        "VALUE = 1\n\n\ndef g():\n    return '1'\n",
        "VALUE = 1\n\n\ndef g(x=1):\n    return 1\n",
        "VALUE = 1\n\n\ndef g():\n    return 1\n    return 1\n",
        "VALUE = -1\n\n\ndef g():\n    return 1\n",
        "VALUE = [1]\n\n\ndef g():\n    return 1\n",
    ],
)
def test_the_smallest_change_of_what_runs_does(package, changed):
    root, script = package
    before = digest(script)
    (root / "deep/b.py").write_text(changed)
    assert digest(script) != before


def test_the_script_itself_counts(package):
    _, script = package
    before = digest(script)
    script.write_text(script.read_text() + "print()\n")
    assert digest(script) != before


def test_all_that_an_import_runs_is_named(package):
    _, script = package
    forget()
    names = ["plmemory", "plmemory.a", "plmemory.deep", "plmemory.deep.b"]
    assert list(sources.code(script).sources) == [str(script), *names]


def test_a_module_that_is_not_there_is_said(package):
    _, script = package
    with pytest.raises(ModuleNotFoundError, match=r"no module plmemory\.d"):
        digest(script, "plmemory.d")


def test_the_closure_of_a_real_module_holds_what_it_imports():
    names = sources.closure("plmemory.measures.history")
    wanted = {"networks.relax", "measures.critical_overlap", "networks.ising.states"}
    assert {f"plmemory.{name}" for name in wanted} <= set(names)
    assert not [name for name in names if ".theory" in name or name.endswith(".about")]


def test_the_package_is_found_once(monkeypatch, tmp_path):
    monkeypatch.setenv("PYTHONPATH", "/elsewhere")
    monkeypatch.setenv("MPLBACKEND", "module://a_notebooks.own")
    for _ in range(2):
        sources.run_from(tmp_path)
    assert sources.os.environ["PYTHONPATH"] == f"{tmp_path}:/elsewhere"
    assert sources.os.environ["MPLBACKEND"] == "agg"
