from housestaff.features.schedules.commands import PublishSchedule
from tests.installed import Installed


def test_a_draft_in_order_is_published(house: Installed) -> None:
    draft = house.draft()
    assert house.do(PublishSchedule(schedule_id=draft, revision=1)) == 1
    house.work_off()
    assert house.value("SELECT count(*) FROM cell") > 200
    assert house.value("SELECT count(*) FROM dispatch WHERE state <> 'done'") == 0
