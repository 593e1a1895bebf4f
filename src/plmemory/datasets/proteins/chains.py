"""Names for the chains of PDB files without chain names, as simulation programs write them."""

from __future__ import annotations

_FIRST_MARK = 0xE000  # Unicode's private characters, which no file contains


def name_chains(text: str) -> tuple[str, dict[str, str]]:
    """Mark each nameless chain of the first model; returns the text and the names by mark.

    Where the chain column is blank, a new chain begins after TER, where the segment changes, and
    where a residue number is repeated. Its name is that of its segment, or its number from 1.
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
