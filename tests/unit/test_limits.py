"""How large what users hand in may be: taken up to the bound, beyond it refused in one line."""

import resource

import pytest

from plmemory.datasets import limits
from plmemory.datasets.arrays import netcdf
from plmemory.datasets.readable import readable
from plmemory.errors import InputError


def said(function, *arguments):
    with pytest.raises(InputError) as fault:
        function(*arguments)
    return str(fault.value)


def test_values_may_take_8_gib():
    limits.check_limits((2**15, 2**16), 4, "a.npy")
    assert said(limits.check_limits, (2**33 + 1,), 1, "a.npy") == (
        "a.npy: found values of shape (8589934593,) with 1 bytes each, "
        "expected at most 8589934592 bytes in all"
    )


@pytest.mark.parametrize(("stored", "most"), [(0, 67108864), (83886, 67108864), (83887, 67109600)])
def test_values_may_take_64_mib_or_800_times_their_file(stored, most):
    assert limits.most_unpacked(stored) == most
    limits.check_limits((most // 32, 4), 8, "a.npz", stored)
    assert said(limits.check_limits, (most + 1,), 1, "a.npz", stored) == (
        f"a.npz: found values of shape ({most + 1},) with 1 bytes each in a file of {stored} "
        "bytes, expected at most 800 times its size"
    )


def test_a_test_set_leaves_patterns_on_both_sides():
    assert limits.held_out(7, 0.0, "a") == 0
    assert [limits.held_out(10, fraction, "a") for fraction in (0.1, 0.26, 0.9)] == [1, 3, 9]
    for patterns, fraction, taken in ((10, 0.04, 0), (10, 0.97, 10)):
        assert said(limits.held_out, patterns, fraction, "a.npy") == (
            f"a.npy: found 10 patterns, of which a test_fraction of {fraction} takes {taken}, "
            "expected at least one for training and one for the test; set test_fraction: 0 for "
            "no test"
        )


def test_a_pattern_has_two_sites_at_least():
    limits.check_sites(2, "a.npy")
    expected = "a.npy: found 1 sites a pattern, expected at least 2"
    assert said(limits.check_sites, 1, "a.npy") == expected


@pytest.mark.parametrize("fault", [OSError("no\n  space"), EOFError()])
def test_what_a_damaged_file_raises_becomes_one_line(fault, tmp_path):
    reason = "no space" if fault.args else "EOFError"
    with pytest.raises(InputError) as found, readable(tmp_path, "a picture"):
        raise fault
    assert str(found.value) == f"{tmp_path}: found a picture that cannot be read ({reason})"
    with pytest.raises(InputError, match=r"^mine$"), readable(tmp_path):
        raise InputError("mine")
    with pytest.raises(KeyError), readable(tmp_path):
        raise KeyError("no fault of the file")


@pytest.mark.skipif(not netcdf.LINUX, reason="other systems count memory otherwise")
def test_128_mib_more_than_there_are_now_are_enough_to_open_a_file(monkeypatch):
    set_to, held = [], (resource.RLIM_INFINITY, resource.RLIM_INFINITY)
    monkeypatch.setattr(resource, "getrlimit", lambda which: held)
    monkeypatch.setattr(resource, "setrlimit", lambda which, both: set_to.append((which, *both)))
    monkeypatch.setattr(netcdf.Path, "read_text", lambda file: "1000 7 7\n")
    taken = 1000 * resource.getpagesize()
    with netcdf.little_memory():
        assert set_to == [(resource.RLIMIT_AS, taken + 134217728, held[1])]
    assert set_to[1:] == [(resource.RLIMIT_AS, *held)]
    held = taken + 5, taken + 134217729  # a limit of the machine's own, which stays the least
    with netcdf.little_memory():
        assert set_to[2:] == [(resource.RLIMIT_AS, *held)]
