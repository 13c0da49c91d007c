"""Each flow of the portal at a desk, on a phone and with nothing but a keyboard; each ends in an effect."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

import pytest
from playwright.sync_api import expect

from housestaff.core.edits import SetCall
from housestaff.core.roster import Night
from housestaff.features.accounts.commands import ChangePassword
from housestaff.features.accounts.sign_in import hash_password
from housestaff.features.schedules.commands import AmendSchedule, PublishSchedule
from tests.browser import Hand, Portal
from tests.installed import FIRST
from tests.pages.test_editing import PLACE, SUNDAY, board, called, code, revision, saved

PASSWORD = "four words in a row"
JULY = "2025-07-10T17:00:00+00:00"


def hand(portal: Portal, way: str, name: str = "coordinator") -> Hand:
    """Somebody who is signed in."""
    return Hand(portal.as_(name, "phone" if way == "phone" else "desk"), way)


def sign_in(portal: Portal, way: str) -> None:
    """By address and password, and out again."""
    user = portal.here.users["r1@small.example"]
    portal.here.do(ChangePassword(password_hash=hash_password(PASSWORD), session_id=None), "r1")
    here = Hand(portal.visitor("phone" if way == "phone" else "desk"), way)
    here.page.goto("/sign-in")
    here.fill(here.page.get_by_label("E-mail"), "r1@small.example")
    here.fill(here.page.get_by_label("Password"), PASSWORD)
    here.press(here.page.get_by_role("button", name="Sign in"))
    expect(here.page.get_by_role("heading", name="Program small")).to_be_visible()
    sessions = "SELECT count(*) FROM session WHERE user_id = :user AND revoked_at IS NULL"
    assert portal.here.value(sessions, user=user) == 1
    here.press(here.page.locator("summary").filter(has_text="Resident r1"))
    here.press(here.page.get_by_role("button", name="Sign out"))
    expect(here.page.get_by_role("status")).to_contain_text("signed out")
    assert portal.here.value(sessions, user=user) == 0


def make_a_draft(portal: Portal, way: str) -> None:
    """An empty one, of the whole calendar."""
    here = hand(portal, way)
    here.page.goto("/schedules")
    here.press(here.page.get_by_role("button", name="New draft"))
    dialog = here.page.get_by_role("dialog")
    if way == "keyboard":
        here.reach(dialog.get_by_label("a solve of the whole year"))
        here.page.keyboard.press("ArrowDown")
    else:
        dialog.get_by_label("nothing but what is fixed").check()
    here.press(dialog.get_by_role("button", name="Make it"))
    expect(here.page.get_by_role("status").first).to_contain_text("The draft is made")
    assert portal.here.rows("SELECT method, state FROM schedule") == [{"method": "empty", "state": "draft"}]


def write_a_half_day(portal: Portal, way: str) -> None:
    """In the board of half-days, through the panel."""
    schedule = portal.here.draft()
    here = hand(portal, way)
    board(here.page, schedule)
    here.press(here.page.locator("#p-r1 td").first)
    here.fill(here.page.get_by_label("What stands here"), "AT")
    here.press(here.page.locator("#panel").get_by_role("button", name="What if"))
    expect(here.page.locator("#verdict .note")).to_be_visible()
    here.press(here.page.get_by_role("button", name="Save"))
    saved(here.page, 2)
    assert code(portal, schedule, PLACE) == "AT"


def give_a_night_away(portal: Portal, way: str) -> None:
    """In the calendar of call."""
    schedule = portal.here.draft()
    here = hand(portal, way)
    board(here.page, schedule, "calls?month=2025-08")
    here.press(here.page.locator(f'[data-line="faculty_call"][data-day="{SUNDAY}"] a'))
    here.choose(here.page.get_by_label("Who has it"), "Doctor f5")
    here.press(here.page.locator("#panel").get_by_role("button", name="What if"))
    expect(here.page.locator("#verdict .note")).to_be_visible()
    here.press(here.page.get_by_role("button", name="Save"))
    saved(here.page, 2)
    assert called(portal, schedule, Night("faculty_call", SUNDAY)) == ("f5",)


def undo(portal: Portal, way: str) -> None:
    """Take the last change back."""
    schedule = portal.here.draft()
    before = code(portal, schedule)
    here = hand(portal, way)
    board(here.page, schedule)
    here.press(here.page.locator("#p-r1 td").first)
    here.fill(here.page.get_by_label("What stands here"), "AT")
    here.press(here.page.locator("#panel").get_by_role("button", name="What if"))
    here.press(here.page.get_by_role("button", name="Save"))
    saved(here.page, 2)
    here.press(here.page.get_by_role("button", name="Undo"))
    expect(here.page.get_by_role("status").first).to_contain_text("taken back")
    assert (revision(portal, schedule), code(portal, schedule)) == (3, before)


def publish(portal: Portal, way: str) -> None:
    """Put a draft in force; everybody in it is told."""
    portal.here.move_to(JULY)
    schedule = portal.here.draft()
    here = hand(portal, way)
    here.page.on("dialog", lambda dialog: dialog.accept())
    here.page.goto(f"/schedules/{schedule}/year")
    here.press(here.page.get_by_role("button", name="Publish"))
    expect(here.page.get_by_role("status").first).to_contain_text("Published")
    portal.here.work_off()
    assert portal.here.value("SELECT state FROM schedule WHERE schedule_id = :id", id=schedule) == "published"
    assert portal.here.value("SELECT count(*) FROM notice WHERE type LIKE 'schedule%published%'") > 0


def lock_and_unlock(portal: Portal, way: str) -> None:
    """Keep somebody's month as it is in the next solve."""
    schedule = portal.here.draft()
    here = hand(portal, way)
    here.page.goto(f"/schedules/{schedule}/locks")
    here.choose(here.page.get_by_label("Person", exact=True), "Resident r2")
    here.press(here.page.get_by_role("button", name="Lock", exact=True))
    expect(here.page.get_by_role("status").first).to_be_visible()
    locked = "SELECT locked FROM schedule WHERE schedule_id = :id"
    assert portal.here.value(locked, id=schedule) == ["r2"]
    here.press(here.page.get_by_role("button", name="Unlock"))
    expect(here.page.get_by_text("Nothing is locked.")).to_be_visible()
    assert portal.here.value(locked, id=schedule) == []


def solve_and_stop(portal: Portal, way: str) -> None:
    """Begin a solve, look at it, and stop it while it waits."""
    here = hand(portal, way)
    here.page.goto("/schedules")
    here.press(here.page.get_by_role("button", name="New draft"))
    here.press(here.page.get_by_role("dialog").get_by_role("button", name="Make it"))
    expect(here.page.get_by_role("heading", name="The solve waits for a worker")).to_be_visible()
    here.press(here.page.get_by_role("button", name="Stop and keep the best so far"))
    expect(here.page.get_by_role("heading", name="Stopped")).to_be_visible()
    assert portal.here.value("SELECT state FROM solve_run") == "canceled"


def compare(portal: Portal, way: str) -> None:
    """Two revisions, duty by duty."""
    schedule = portal.here.draft()
    here = hand(portal, way)
    board(here.page, schedule, "calls?month=2025-08")
    here.press(here.page.locator(f'[data-line="faculty_call"][data-day="{SUNDAY}"] a'))
    here.choose(here.page.get_by_label("Who has it"), "Doctor f5")
    here.press(here.page.locator("#panel").get_by_role("button", name="What if"))
    here.press(here.page.get_by_role("button", name="Save"))
    saved(here.page, 2)
    here.page.goto(f"/schedules/{schedule}/versions")
    here.press(here.page.get_by_role("button", name="Compare"))
    changed = here.page.get_by_role("table", name="Differences").get_by_role("row")
    expect(changed.filter(has_text="Doctor f5").first).to_be_visible()


def throw_away(portal: Portal, way: str) -> None:
    """A draft that nobody wants."""
    schedule = portal.here.draft()
    here = hand(portal, way)
    here.page.on("dialog", lambda dialog: dialog.accept())
    here.page.goto(f"/schedules/{schedule}/year")
    here.press(here.page.get_by_role("button", name="Throw away"))
    expect(here.page.get_by_role("status").first).to_contain_text("thrown away")
    assert portal.here.value("SELECT state FROM schedule WHERE schedule_id = :id", id=schedule) == "discarded"


def put_an_earlier_version_in_force(portal: Portal, way: str) -> None:
    """A version that was a mistake is taken back, as a further one."""
    portal.here.move_to(JULY)
    schedule = portal.here.draft()
    portal.here.do(PublishSchedule(schedule_id=schedule, revision=1))
    night = SetCall(line="faculty_call", day=SUNDAY, person="f5")
    portal.here.do(AmendSchedule(schedule_id=schedule, base_number=1, edits=(night,)))
    here = hand(portal, way)
    here.page.on("dialog", lambda dialog: dialog.accept())
    here.page.goto(f"/schedules/{schedule}/versions")
    here.press(here.page.get_by_role("button", name="Put in force again"))
    expect(here.page.get_by_role("status").first).to_be_visible()
    assert portal.here.value("SELECT number FROM schedule WHERE schedule_id = :id", id=schedule) == 3
    assert called(portal, schedule, Night("faculty_call", SUNDAY)) != ("f5",)


def put_away(portal: Portal, way: str) -> None:
    """A schedule that is long over."""
    portal.here.move_to(JULY)
    schedule = portal.here.draft()
    portal.here.do(PublishSchedule(schedule_id=schedule, revision=1))
    portal.here.move_to("2025-10-10T17:00:00+00:00")
    here = hand(portal, way)
    here.page.goto(f"/schedules/{schedule}/year")
    here.press(here.page.get_by_role("button", name="Put away"))
    expect(here.page.get_by_role("status").first).to_be_visible()
    assert portal.here.value("SELECT state FROM schedule WHERE schedule_id = :id", id=schedule) == "archived"


def share_the_board(portal: Portal, way: str) -> None:
    """A link to who is on call."""
    portal.here.move_to("2025-08-04T17:00:00+00:00")
    portal.here.do(PublishSchedule(schedule_id=portal.here.draft(), revision=1))
    here = hand(portal, way)
    here.page.goto("/on-call")
    here.fill(here.page.get_by_label("Who is to use it"), "switchboard")
    here.press(here.page.get_by_role("button", name="Make a link"))
    address = here.page.get_by_role("status").locator("code").inner_text()
    answer = here.page.context.request.get(f"{address}.txt")
    assert "Faculty call" in answer.text()


def look_elsewhere(portal: Portal, way: str) -> None:
    """From the start page by the bar to a person's weeks, and to a day."""
    portal.here.move_to("2025-08-04T17:00:00+00:00")
    schedule: UUID = portal.here.draft()
    portal.here.do(PublishSchedule(schedule_id=schedule, revision=1))
    here = hand(portal, way, "r1")
    here.press(here.page.get_by_role("link", name="My weeks"))
    expect(here.page.get_by_role("heading", name="Resident r1")).to_be_visible()
    here.press(here.page.get_by_role("link", name="Day", exact=True))
    expect(here.page.get_by_role("heading", name="On call", exact=True)).to_be_visible()
    assert str(FIRST.year) in here.page.content()


FLOWS: tuple[Callable[[Portal, str], None], ...] = (
    sign_in, make_a_draft, write_a_half_day, give_a_night_away, undo, publish, lock_and_unlock, solve_and_stop, compare,
    throw_away, put_an_earlier_version_in_force, put_away, share_the_board, look_elsewhere,
)  # fmt: skip


@pytest.mark.parametrize("flow", FLOWS, ids=lambda flow: flow.__name__)
@pytest.mark.parametrize("way", ["desk", *(pytest.param(way, marks=pytest.mark.slow) for way in Hand.WAYS[1:])])
def test_a_flow_can_be_gone_in_every_way(portal: Portal, flow: Callable[[Portal, str], None], way: str) -> None:
    flow(portal, way)
