"""Chains of PDB files that do not name them, as simulation programs write."""

from __future__ import annotations

_FIRST_MARK = 0xE000  # of Unicode's private characters, which no file holds


def name_chains(text: str) -> tuple[str, dict[str, str]]:
    """Give each chain of the first model that has no name a mark of its own; names of the marks.

    Where the column of the chain is blank, a new one begins after TER, where the segment changes
    and where a residue number comes again. It is called by its segment, or by its number from 1.
    """
    lines: list[str] = []
    names: dict[str, str] = {}
    mark = segment = residue = ""
    seen: set[str] = set()
    for line in text.split("\n"):
        if line.startswith("ENDMDL"):
            break
        if line.startswith("TER"):
            mark = ""
        if line.startswith(("ATOM", "HETATM")) and line[21:22] == " ":
            again = line[22:27] != residue and line[22:27] in seen
            if not mark or again or line[72:76] != segment:
                mark, segment, seen = chr(_FIRST_MARK + len(names)), line[72:76], set()
                own = segment.strip()
                names[mark] = own if own and own not in names.values() else str(len(names) + 1)
            residue = line[22:27]
            seen.add(residue)
            line = line[:21] + mark + line[22:]
        lines.append(line)
    return "\n".join(lines), names
