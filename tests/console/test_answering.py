"""From the console to the phone: what staff write there is sent by the keeper, and heard."""

from sqlalchemy import select

from gateway.settings import Settings
from models.db import Job
from models.outbound import OutboundMessage
from models.seal import Transit
from models.services.conversing import Conversing
from models.services.ussd import Keypress, UssdDialogues
from tests.console.case_world import World
from tests.factories import SPEAKER, phone_of
from tests.workers.sending import Line
from workers.keeper.filling import Filling
from workers.keeper.roads import Road
from workers.keeper.sender import Sender
from workers.keeper.texts import Opener


def sent(world):
    """Let the keeper send all that is due; return (number, text) as phones have it."""
    settings: Settings = world.console.settings
    vault, line = world.stage.vault, Line()
    filling = Filling(world.console.store, vault)
    opener = Opener(vault, Transit.load(settings.keys), filling.values)
    clock = world.console.clock
    Sender(world.console.store, opener, [Road(line, rate=1e6)], clock).drain()
    return [(out.to, out.text) for out in line.taken]


def given(world):
    """Let somebody who wants an SMS speak, and a handler have it; return both ends of it."""
    filed = world.stage.files(place="c:ML070106", answer="sms")
    case = world.stage.case(filed["case"])
    world.give(case, "P0151")
    sent(world)
    return filed, case


def test_an_answer_written_in_the_console_is_heard_on_the_phone(console):
    with World.around(console) as world:
        filed, case = given(world)
        said = "Le complément arrive samedi à Tessit."
        world.does("P0151", case, "repondre", words=said, how="answer")
        world.later(minutes=11)
        world.stage.settles()
        assert [to for to, text in sent(world) if "message vous attend" in text] == [SPEAKER]
        heard = world.stage.follows(filed["c6"])
        assert heard.name == "answered"
        assert heard.values["pages"] == [said]


def dialled(world, *presses):
    """Let the speaker dial in one session and press these keys; return what each screen says."""
    ussd = UssdDialogues(Conversing(world.console.store, world.stage.house))
    typed = ["*".join(presses[:count]) for count in range(len(presses) + 1)]
    session, now = f"dial-{'-'.join(presses)}", world.console.clock()
    return [ussd.answer(Keypress("phone", session, SPEAKER, one, 160), now).text for one in typed]


def test_a_question_written_in_the_console_is_read_on_the_phone_and_replied_to(console):
    with World.around(console) as world:
        filed, case = given(world)
        world.does("P0151", case, "questionner", words="Dans quel village ?")
        world.later(minutes=11)
        world.stage.settles()
        assert [to for to, text in sent(world) if "message vous attend" in text] == [SPEAKER]
        code = filed["c6"].replace(" ", "")
        screens = dialled(world, "4", code, "9", "1", "Tintihigrene")
        assert screens[2] == "Dans quel village ?\n9 Suite\n0 Sortir"
        assert screens[3].startswith("Que repondez-vous a cette question?\n1 Ecrire")
        assert screens[4].startswith("Ecrivez en peu de mots")
        assert screens[5].startswith("C'est ajoute.")
        page = world.browser("P0151").post(f"/cas/{case.number}/lire", follow_redirects=True)
        assert "Tintihigrene" in page.text
        assert "On s'en occupe." in dialled(world, "4", code)[-1]


def test_what_the_console_itself_writes_is_opened_by_the_keeper_alone(console):
    with World.around(console) as world:
        case = world.file()
        world.give(case, "P0151")
        sent(world)
        form = {"last": world.last(case), "person": "P0150"}
        world.browser("P0151").post(f"/cas/{case.number}/confier", data=form)
        with console.store.reading(Job("test")) as work:
            waiting = select(OutboundMessage).where(OutboundMessage.status == "waiting")
            [row] = work.session.scalars(waiting).all()
            sealed = row.text_sealed
        assert case.number.encode() not in sealed
        [(to, text)] = sent(world)
        assert to == phone_of("P0150")
        assert text.startswith(f"Jaabi: nouveau dossier {case.number}.")
