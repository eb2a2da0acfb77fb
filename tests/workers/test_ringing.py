"""News leaves soon after the commit, and nobody who commits waits for it."""

import threading

from workers.ringing import Ringing

PATIENCE_S = 10


def test_each_queue_is_rung_after_it_was_asked_for_and_many_rings_are_few():
    rung, open_door, changed = [], threading.Event(), threading.Condition()

    def waker(queue):
        open_door.wait(PATIENCE_S)
        with changed:
            rung.append(queue)
            changed.notify_all()

    ringing = Ringing(waker)
    ringing("inbox")
    for _ in range(100):
        ringing("outbox")
    open_door.set()  # whoever asked did not wait for it
    with changed:
        assert changed.wait_for(lambda: {"inbox", "outbox"} <= set(rung), PATIENCE_S)
        few = len(rung)
        assert few <= 3
    ringing("inbox")
    with changed:
        assert changed.wait_for(lambda: rung.count("inbox") == 2, PATIENCE_S)
