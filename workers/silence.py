"""Acts on silence: a question by SMS that nobody answered, a dialogue that was dropped."""

from collections.abc import Callable
from datetime import datetime

from sqlalchemy import select

from models.conversation import Conversation
from models.db import Job, Store
from models.services.conversing import Conversing
from models.services.sms import SmsDialogues
from models.services.ussd import UssdDialogues

ACTOR = Job("silence")
BATCH = 200


class Silence:
    """Files what is known of dialogues that stopped. Safe to run twice. Built once a process."""

    def __init__(self, conversing: Conversing, clock: Callable[[], datetime]) -> None:
        self._store: Store = conversing.store
        self._sms = SmsDialogues(conversing)
        self._ussd = UssdDialogues(conversing)
        self._clock = clock

    def act(self) -> int:
        """Take up every dialogue whose silence is over, and return how many there were."""
        now = self._clock()
        due = select(Conversation.key).where(Conversation.due_at <= now).limit(BATCH)
        with self._store.reading(ACTOR) as work:
            keys = list(work.session.scalars(due))
        for key in keys:
            with self._store.work(ACTOR) as work:
                if key.startswith("sms:"):
                    self._sms.file_silent(work, key, now)
                else:
                    self._ussd.keep_incomplete(work, key, now)
        return len(keys)
