"""Line managers of rows: by e-mail or employee number, in any order, in the file or in the organisation.

A node is a person: the id of somebody known, or the folded e-mail of somebody to be made.
"""

from __future__ import annotations

from collections.abc import Hashable

from django.utils.translation import gettext as _

from people.imports.lines import Line

Node = Hashable
Edge = tuple[Hashable, Node]  # a place, and somebody there


def refuse_orphans(lines: list[Line], leaders: dict[int, Line], known: set[int]) -> bool:
    """Refuse rows whose line manager is made by a row that is refused, up the whole way; whether there were any.

    ``leaders``: the row of a row's line manager by the row's number; ``known``: rows whose manager is here anyway.
    """
    found = False
    again = True
    while again:
        again = False
        for line in lines:
            leader = leaders.get(line.number)
            if line.is_good and leader and not leader.is_good and line.number not in known:
                line.refuse("line_manager", _("The line manager's own row, %(n)d, is refused.") % {"n": leader.number})
                found = again = True
    return found


def refuse_cycles(rows: dict[Edge, Line], edges: dict[Edge, Node]) -> bool:
    """Refuse rows that are part of a circle of line managers; whether there were any.

    ``edges``: everybody's line manager by place, of those here and of the rows that are good.
    """
    done: set[Edge] = set()
    found = False
    for begin in rows:
        way: dict[Edge, int] = {}
        here = begin
        while here not in done and here not in way and here in edges:
            way[here] = len(way)
            here = (here[0], edges[here])
        if here in way:
            for edge in list(way)[way[here] :]:
                line = rows.get(edge)
                if line and line.is_good:
                    line.refuse("line_manager", _("These line managers form a circle: nobody is their own superior."))
                    found = True
        done.update(way)
    return found
