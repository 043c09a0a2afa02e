"""Each state can be reached through the real actions."""

import pytest

from secondments.states import State
from tests.cast import Cast


@pytest.mark.parametrize("state", list(State))
def test_case_reaches_each_state(cast: Cast, state: str) -> None:
    assert cast.in_state(state).state == state
