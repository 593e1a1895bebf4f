"""One module a table: what the attractor search found in, a tidy data frame out."""
