"""Lines of the timetable for the referral path: reminders, ends, the Monday question, calls due."""

from models.services import referral_clock
from workers.duties import done_once, swept

remind_relays = swept(referral_clock.remind)
end_referrals = swept(referral_clock.end_old)
ask_stock = done_once(referral_clock.ask_stock)
tell_week = done_once(referral_clock.tell_week)
call_silent_centres = done_once(referral_clock.call_silent_centres)
