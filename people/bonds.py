"""What binds people to organisations beside this house: the houses above say so, as this one cannot look uphill."""

from __future__ import annotations

from collections.abc import Callable, Collection

Bonds = Callable[[Collection[int], Collection[int]], set[int]]
_houses: dict[str, Bonds] = {}


def register(house: str, bonds: Bonds) -> None:
    """``bonds`` gets ids of people and of organisations, and says which of the people others count on just now."""
    _houses[house] = bonds


def elsewhere(people: Collection[int], organisations: Collection[int]) -> set[int]:
    """Which of these people have a part in something that none of these organisations is a party to."""
    return set().union(*(bonds(people, organisations) for bonds in _houses.values())) if people else set()
