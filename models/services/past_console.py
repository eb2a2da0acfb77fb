"""What the console leaves behind: sessions that ended, tries to sign in, files come and gone."""

from datetime import datetime, timedelta

from sqlalchemy import or_

from models.db import Work
from models.paperwork import ExportRequest, ImportDraft
from models.services.purging import delete_some
from models.sign_in import ConsoleSession, Recovery, SignInFailure

DAY = timedelta(days=1)
LONGEST_SESSION = timedelta(hours=8)
TRIED = timedelta(hours=48)
MONTH = timedelta(days=30)
SEVEN_DAYS = timedelta(days=7)


def forget_sessions(work: Work, now: datetime) -> int:
    """Delete sessions a day after they ended, or after the longest they could last."""
    old = ConsoleSession.created_at <= now - DAY - LONGEST_SESSION
    over = or_(ConsoleSession.ended_at <= now - DAY, old)
    return delete_some(work, ConsoleSession.digest, over)


def forget_failures(work: Work, now: datetime) -> int:
    """Forget who failed to sign in two days after the last try."""
    return delete_some(work, SignInFailure.digest, SignInFailure.last_at <= now - TRIED)


def forget_recoveries(work: Work, now: datetime) -> int:
    """Delete ways back in a month after they ended; the audit log keeps that they were."""
    return delete_some(work, Recovery.id, Recovery.ends_at <= now - MONTH)


def forget_files(work: Work, now: datetime) -> int:
    """Delete what was brought or asked for more than seven days ago."""
    drafts = delete_some(work, ImportDraft.id, ImportDraft.asked_at <= now - SEVEN_DAYS)
    asked = ExportRequest.asked_at <= now - SEVEN_DAYS
    return drafts + delete_some(work, ExportRequest.id, asked)
