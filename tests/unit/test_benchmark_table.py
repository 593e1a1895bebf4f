"""Cases that run alone replace their rows of the table of results."""

from benchmarks import table


def row(case, size, peer="torch"):
    return [case, size, "0.1", peer]


ROWS = [row("descent epoch", "N=1"), row("optimum", "N=1"), row("optimum", "N=2", "scipy")]
ROWS += [row("vector step", "N=1")]


def test_rows_of_the_cases_that_ran_are_replaced_where_they_stood():
    new = [row("optimum", "N=3")]
    assert table.replaced(ROWS, new, "optimum") == [ROWS[0], *new, ROWS[3]]


def test_rows_of_one_peer_are_replaced_alone():
    new = [row("optimum", "N=2", "scipy"), row("optimum", "N=3", "scipy")]
    assert table.replaced(ROWS, new, "optimum: scipy") == [*ROWS[:2], *new, ROWS[3]]


def test_a_case_that_the_table_lacks_is_added_at_its_end():
    new = [row("100 steps", "N=1")]
    assert table.replaced(ROWS, new, "100 steps") == [*ROWS, *new]


def test_a_run_of_all_cases_replaces_the_whole_table():
    new = [row("descent epoch", "N=9")]
    assert table.replaced(ROWS, new, "") == new
