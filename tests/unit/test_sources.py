import pytest

from plmemory.plan import sources


@pytest.fixture
def package(tmp_path, monkeypatch):
    """A package `plmemory` of three modules, a imports b, c alone; and a script that runs a."""
    root = tmp_path / "plmemory"
    root.mkdir()
    (root / "__init__.py").write_text('__version__ = "1"\n')
    (root / "a.py").write_text("def f():\n    from plmemory import b\n    return b\n")
    (root / "b.py").write_text("VALUE = 1\n")
    (root / "c.py").write_text("VALUE = 2\n")
    script = tmp_path / "script.py"
    script.write_text("import numpy\nfrom plmemory.a import f\n")
    monkeypatch.setattr(sources, "PACKAGE", root)
    return root, script


def digest(script, *modules):
    sources._file.cache_clear()
    sources._imports.cache_clear()
    return sources.digest(script, *modules)


@pytest.mark.parametrize("edited", ["a.py", "b.py"])
def test_an_edit_of_what_a_script_runs_changes_its_digest(package, edited):
    root, script = package
    before = digest(script)
    (root / edited).write_text((root / edited).read_text() + "# edited\n")
    assert digest(script) != before


def test_other_modules_and_time_stamps_do_not(package):
    root, script = package
    before = digest(script)
    (root / "c.py").write_text("VALUE = 3\n")
    (root / "__init__.py").write_text('__version__ = "2"\n')
    (root / "b.py").touch()
    assert digest(script) == before
    assert digest(script, "plmemory.c") != before


def test_the_script_itself_counts(package):
    _, script = package
    before = digest(script)
    script.write_text(script.read_text() + "print()\n")
    assert digest(script) != before


def test_a_module_that_is_not_there_is_said(package):
    _, script = package
    with pytest.raises(ModuleNotFoundError, match=r"no module plmemory\.d"):
        digest(script, "plmemory.d")


def test_the_closure_of_a_real_module_holds_what_it_imports():
    names = {file.name for file in sources.closure("plmemory.history")}
    assert {"history.py", "dynamics.py", "retrieval.py", "spins.py", "measures.py"} <= names
    assert "theory.py" not in names
