"""Acts on silence: a question by SMS that nobody answered, a dialogue that was dropped."""

import logging
from collections.abc import Callable
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.exc import OperationalError

from models.conversation import Conversation
from models.db import Job, Store, is_contended
from models.services.conversing import Conversing
from models.services.dialogues import TakenMeanwhile
from models.services.sms import SmsDialogues
from models.services.ussd import UssdDialogues

log = logging.getLogger(__name__)

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
            self._act_on(key, now)
        return len(keys)

    def _act_on(self, key: str, now: datetime) -> None:
        try:
            with self._store.work(ACTOR) as work:
                if key.startswith("sms:"):
                    self._sms.file_silent(work, key, now)
                else:
                    self._ussd.keep_incomplete(work, key, now)
        except TakenMeanwhile:
            log.info("silence was broken")
        except OperationalError as error:
            if not is_contended(error):
                raise  # the database is away: no fault of this dialogue
            log.info("silence waits")
        except Exception:
            # One dialogue that cannot be read may not keep those of others from being filed.
            log.exception("silence failed")
