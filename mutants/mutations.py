"""The possible small faults of a source: each replaces one piece of its text."""

from __future__ import annotations

import ast
import copy
from collections.abc import Iterator
from typing import NamedTuple

OPERATORS = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.Div,
    ast.Div: ast.Mult,
    ast.FloorDiv: ast.Mult,
    ast.Mod: ast.Mult,
    ast.Pow: ast.Mult,
    ast.BitAnd: ast.BitOr,
    ast.BitOr: ast.BitAnd,
    ast.BitXor: ast.BitAnd,
    ast.LShift: ast.RShift,
    ast.RShift: ast.LShift,
}
COMPARISONS = {
    ast.Lt: (ast.LtE, ast.GtE),
    ast.LtE: (ast.Lt, ast.Gt),
    ast.Gt: (ast.GtE, ast.LtE),
    ast.GtE: (ast.Gt, ast.Lt),
    ast.Eq: (ast.NotEq,),
    ast.NotEq: (ast.Eq,),
    ast.In: (ast.NotIn,),
    ast.NotIn: (ast.In,),
    ast.Is: (ast.IsNot,),
    ast.IsNot: (ast.Is,),
}
NAMES = {"min": "max", "any": "all", "mean": "sum", "argmin": "argmax", "floor": "ceil"}
NAMES |= {"minimum": "maximum", "zeros": "ones", "cos": "sin", "nanmean": "nansum"}
NAMES |= {other: name for name, other in NAMES.items()}
# Functions for which the order of the first two arguments does not matter.
COMMUTATIVE = {"min", "max", "minimum", "maximum", "add", "multiply", "hypot", "isclose"}
COMMUTATIVE |= {"union1d", "logaddexp", "overlap"}
# Keywords that do not change results: checks, types, and looks.
UNSEEN = {"strict", "dtype", "check", "stacklevel", "encoding", "allow_pickle", "repr", "frozen"}
# Looks must be judged by eye: in drawings, numbers and keywords stay as they are.
LOOKS = ("draw.py", "shared/style.py", "shared/panels.py", "shared/look.py")


class Mutant(NamedTuple):
    """A fault: ``old`` text at a place of a file, the ``new`` text, and its function."""

    file: str
    line: int
    start: int
    old: str
    new: str
    function: str

    def applied(self, text: str) -> str:
        """The text with the fault."""
        return text[: self.start] + self.new + text[self.start + len(self.old) :]


def mutants(file: str, text: str) -> list[Mutant]:
    """All mutants of a source, in the order of its text."""
    tree, starts = ast.parse(text), [0]
    for line in text.splitlines(keepends=True):
        starts.append(starts[-1] + len(line))
    lines = text.splitlines()
    found = []

    def place(line: int, byte: int) -> int:
        return starts[line - 1] + len(lines[line - 1].encode()[:byte].decode())

    for node, function, new in _faults(tree, ""):
        if file.endswith(LOOKS) and (isinstance(node, ast.Constant) or _is_shorter(node, new)):
            continue
        start = place(node.lineno, node.col_offset)
        old = text[start : place(node.end_lineno, node.end_col_offset)]
        if ast.unparse(node) != new:
            found.append(Mutant(file, node.lineno, start, old, new, function))
    return sorted(set(found), key=lambda mutant: mutant[1:])


def _faults(node: ast.AST, function: str) -> Iterator[tuple[ast.AST, str, str]]:
    """Nodes to be replaced, the function of each, and the replacement."""
    if isinstance(node, ast.FunctionDef | ast.ClassDef):
        inside = ".<locals>." if isinstance(node, ast.FunctionDef) else "."
        for child in _code(node):
            yield from _faults(child, f"{function}{node.name}{inside}")
        return
    name = function.removesuffix(".").removesuffix(".<locals>")
    for new in _replacements(node):
        text = new if isinstance(new, str) else ast.unparse(new)
        # In brackets, an expression remains one expression in any context.
        bare = isinstance(node, ast.stmt | ast.Constant | ast.Call | ast.Slice)
        yield node, name, text if bare else f"({text})"
    if isinstance(node, ast.If | ast.While | ast.IfExp):
        yield node.test, name, f"(not ({ast.unparse(node.test)}))"
    for child in _code(node):
        yield from _faults(child, function)


def _code(node: ast.AST) -> Iterator[ast.AST]:
    """The children that are executed: no annotations, decorators, texts, messages, logs, checks."""
    left = [getattr(node, name, None) for name in ("annotation", "returns")]
    left += getattr(node, "decorator_list", []) + getattr(node, "bases", [])
    for child in ast.iter_child_nodes(node):
        text = isinstance(child, ast.JoinedStr | ast.Raise | ast.Assert | ast.Import)
        checks = isinstance(child, ast.keyword) and child.arg == "strict"
        if child in left or text or checks or (isinstance(child, ast.Expr) and _says(child.value)):
            continue
        if isinstance(child, ast.UnaryOp) and _reshapes(node):  # any negative length is the rest
            continue
        yield child


def _reshapes(node: ast.AST) -> bool:
    """Whether it is a call of the method ``reshape``."""
    return isinstance(node, ast.Call) and getattr(node.func, "attr", "") == "reshape"


def _is_shorter(node: ast.AST, new: str) -> bool:
    """Whether it is a call that lost an argument."""
    return isinstance(node, ast.Call) and len(new) < len(ast.unparse(node)) - 3


def _says(node: ast.expr) -> bool:
    """Whether it is a docstring or a message."""
    told = ("log.", "logger.", "warnings.", "print")
    return isinstance(node, ast.Constant) or ast.unparse(node).startswith(told)


def _replacements(node: ast.AST) -> Iterator[ast.AST | str]:
    def changed(**fields):
        new = copy.deepcopy(node)
        for name, value in fields.items():
            setattr(new, name, value)
        return new

    match node:
        case ast.BinOp(op=op) | ast.AugAssign(op=op) if type(op) in OPERATORS:
            yield changed(op=OPERATORS[type(op)]())
            if isinstance(node, ast.AugAssign):
                yield "pass"
        case ast.Compare(ops=[op]):
            for other in COMPARISONS[type(op)]:
                yield changed(ops=[other()])
        case ast.BoolOp(op=op):
            yield changed(op=ast.Or() if isinstance(op, ast.And) else ast.And())
        case ast.UnaryOp(op=ast.USub() | ast.Not() | ast.Invert(), operand=operand):
            yield operand
        case ast.Constant(value=bool(value)):
            yield repr(not value)
        case ast.Constant(value=int(value)):
            yield repr(value + 1)
        case ast.Constant(value=float(value)):
            yield repr(value * 2 if value else 1.0)
        case ast.IfExp(body=body, orelse=orelse):
            yield changed(body=orelse, orelse=body)
        case ast.Call(func=func, args=args, keywords=keywords):
            last = func.attr if isinstance(func, ast.Attribute) else getattr(func, "id", "")
            if len(args) > 1 and last not in COMMUTATIVE and not isinstance(args[0], ast.Starred):
                yield changed(args=[args[1], args[0], *args[2:]])
            for k, keyword in enumerate(keywords):
                if keyword.arg and keyword.arg not in UNSEEN:
                    yield changed(keywords=keywords[:k] + keywords[k + 1 :])
            if last in NAMES:
                where = "attr" if isinstance(func, ast.Attribute) else "id"
                other = copy.deepcopy(func)
                setattr(other, where, NAMES[last])
                yield changed(func=other)
        case ast.Return(value=ast.Tuple(elts=[first, second, *rest])):
            yield changed(value=ast.Tuple([second, first, *rest], ast.Load()))
        case ast.Expr(value=ast.Call()) | ast.Continue() | ast.Break():
            yield "pass"
        case ast.Assign(targets=[ast.Subscript() | ast.Attribute()]):
            yield "pass"
        case ast.Slice(lower=lower, upper=upper) if lower or upper:
            yield ":".join("" if part is None else ast.unparse(part) for part in (upper, lower))
