"""A capability is claimed only with a test of its effect and a control that shows the test can fail."""

from tests.house.capabilities import CLAIMED, Evidence, collect, in_order, shortcomings

WHOLE = Evidence(tests=["test_a"], controls=["test_b"])


def test_a_claim_with_test_and_control_stands() -> None:
    assert shortcomings({"C1"}, {"C1": WHOLE}) == []


def test_a_claim_without_a_control_is_named() -> None:
    assert shortcomings({"C1"}, {"C1": Evidence(tests=["test_a"])}) == ["C1 has no control."]


def test_a_claim_without_anything_is_named_twice() -> None:
    assert shortcomings({"C1"}, {}) == ["C1 has no test.", "C1 has no control."]


def test_a_marked_test_whose_capability_is_not_claimed_is_named() -> None:
    assert shortcomings(set(), {"C1": WHOLE}) == ["C1 has tests but is not claimed."]


def test_capabilities_stand_in_the_order_of_their_numbers() -> None:
    assert sorted(["C10", "C2"], key=in_order) == ["C2", "C10"]


def test_everything_claimed_is_shown() -> None:
    assert shortcomings(CLAIMED, collect()) == []
