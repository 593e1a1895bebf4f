"""One module a figure: a tidy table in, a matplotlib Figure out."""
