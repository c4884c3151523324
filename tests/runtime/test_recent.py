from __future__ import annotations

import threading

from runtime.recent import Recent


def test_what_was_not_asked_for_longest_is_forgotten() -> None:
    recent: Recent[str, int] = Recent(2)
    recent.keep("a", 1)
    recent.keep("b", 2)
    assert recent.find("a") == 1
    assert recent.keep("c", 3) == 3
    assert [recent.find(key) for key in "abc"] == [1, None, 3]
    recent.forget("a")
    recent.forget("never held")
    assert recent.find("a") is None and len(recent) == 1


def test_a_value_is_replaced_and_not_held_twice() -> None:
    recent: Recent[str, int] = Recent(2)
    for number in range(5):
        recent.keep("a", number)
    assert recent.find("a") == 4 and len(recent) == 1


def test_threads_may_share_it() -> None:
    recent: Recent[int, int] = Recent(50)

    def work() -> None:
        for number in range(3000):
            recent.keep(number % 97, number)
            recent.find(number % 89)
            recent.forget(number % 83)

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(recent) <= 50
