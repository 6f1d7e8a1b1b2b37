"""Threads whose results come in order, with a bounded number of them waiting."""

import threading
import time

import pytest

from hopsdrill.core.ordered import ordered


def test_results_come_in_the_order_of_the_input():
    """However long each takes."""
    work = lambda each: (time.sleep(0.002 * (each % 3)), each * 2)[1]  # noqa: E731 - a line is enough
    assert list(ordered(work, range(50), 4)) == [each * 2 for each in range(50)]


def test_no_more_is_taken_from_the_input_than_the_window():
    """An endless input is no reason to run out of memory."""
    taken, lock = [], threading.Lock()

    def endless():
        number = 0
        while True:
            with lock:
                taken.append(number)
            yield number
            number += 1

    made = ordered(str, endless(), 3)
    assert [next(made) for _ in range(5)] == ["0", "1", "2", "3", "4"]
    made.close()
    assert len(taken) <= 5 + 2 * 3


def test_an_error_comes_out_in_its_place():
    """What came before it is there."""
    made = ordered(lambda each: 1 // each, [1, 1, 0, 1], 2)
    assert [next(made), next(made)] == [1, 1]
    with pytest.raises(ZeroDivisionError):
        next(made)
