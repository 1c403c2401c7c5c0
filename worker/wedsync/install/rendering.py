"""Whether two deparsed expressions are the same. Pure.

After dump and restore `(a AND b) AND c` is rendered as `a AND b AND c`: the parser makes one flat list of what was nested.
Nothing else is forgiven, in particular no other pair of parentheses, because `a OR (b AND c)` is not `(a OR b) AND c`.
"""

from __future__ import annotations

import re

# A quoted string or name, a parenthesis, or a run of anything else without spaces.
_WORD = re.compile(r"""'(?:[^']|'')*'|"(?:[^"]|"")*"|[()]|[^\s()'"]+""")
_CONNECTIVES = ("AND", "OR")

Node = str | list["Node"]


def same_expression(one: str, other: str) -> bool:
    """Whether they differ in nothing but the nesting of equal AND and OR lists, and white space."""
    return one == other or _flattened(_tree(one)) == _flattened(_tree(other))


def _tree(text: str) -> list[Node]:
    root: list[Node] = []
    open_groups = [root]
    for word in _WORD.findall(text):
        if word == "(":
            group: list[Node] = []
            open_groups[-1].append(group)
            open_groups.append(group)
        elif word == ")" and len(open_groups) > 1:
            open_groups.pop()
        else:
            open_groups[-1].append(word)
    return root


def _connective(group: list[Node]) -> str | None:
    """AND or OR where the group is a list of operands joined by only that one."""
    found = {node for node in group if node in _CONNECTIVES}
    return str(found.pop()) if len(found) == 1 else None


def _flattened(group: list[Node]) -> list[Node]:
    """The group with operands that are lists of the same connective spliced in."""
    connective = _connective(group)
    flat: list[Node] = []
    for place, node in enumerate(group):
        if isinstance(node, str):
            flat.append(node)
            continue
        inner = _flattened(node)
        neighbours = group[max(place - 1, 0) : place] + group[place + 1 : place + 2]
        alone = all(neighbour == connective for neighbour in neighbours)
        if connective is not None and alone and _connective(inner) == connective:
            flat.extend(inner)
        else:
            flat.append(inner)
    return flat
