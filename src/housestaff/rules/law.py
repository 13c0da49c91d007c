"""The list of all rules, written by hand; a test checks that none is forgotten."""

from __future__ import annotations

from housestaff.rules.acgme.eight_hours_between import eight_hours_between
from housestaff.rules.acgme.eighty_eight_hours import eighty_eight_hours
from housestaff.rules.acgme.eighty_hours import eighty_hours
from housestaff.rules.acgme.every_third_night import every_third_night, every_third_night_each
from housestaff.rules.acgme.fourteen_after_call import fourteen_after_call
from housestaff.rules.acgme.home_call import home_call_rest, home_call_return
from housestaff.rules.acgme.moonlighting import (
    moonlighting_approved,
    moonlighting_ban,
    moonlighting_counts,
    moonlighting_unharmful,
    no_first_year_moonlighting,
)
from housestaff.rules.acgme.night_float_within import night_float_within
from housestaff.rules.acgme.one_day_in_seven import days_off_after_call, one_day_in_seven
from housestaff.rules.acgme.stay_by_choice import stay_by_choice
from housestaff.rules.acgme.twenty_four_plus_four import four_more_hours, twenty_four_hours
from housestaff.rules.emergency.shifts import equal_time_off, twelve_in_the_department
from housestaff.rules.emergency.weeks import (
    one_day_each_week,
    one_day_in_seven_each_week,
    seventy_two_on_service,
    sixty_in_the_department,
)
from housestaff.rules.fairness.even_calls import even_calls
from housestaff.rules.fairness.even_holidays import even_holidays
from housestaff.rules.fairness.even_weekends import even_weekends
from housestaff.rules.fairness.honor_wishes import honor_wishes
from housestaff.rules.fairness.keep_continuity import keep_continuity
from housestaff.rules.fairness.least_change import least_change
from housestaff.rules.local.calls import (
    call_before_leave,
    call_near_week,
    calls_well_apart,
    convalescence,
    early_call,
    recovery_after_deployment,
    transition_rotation_day,
)
from housestaff.rules.local.runs import (
    call_spacing,
    early_warning,
    long_run,
    six_in_a_row,
    six_nights,
    sixteen_hours,
    sixteen_hours_first_year,
    ten_hours_between,
)
from housestaff.rules.program.clinic_load import clinic_load, clinic_weeks
from housestaff.rules.program.night_float_weeks import night_float_weeks
from housestaff.rules.program.requirements import (
    required_rotations,
    rotation_capacity,
    rotation_order,
    rotation_window,
)
from housestaff.rules.safety.coverage import (
    attendings_in_clinic,
    demand_met,
    one_name_a_night,
    rooms_in_clinic,
    rooms_wanted,
)
from housestaff.rules.safety.leave import call_on_leave, leave_worked, never_on_leave
from housestaff.rules.safety.people import derived_cells, employed, one_duty_at_a_time, qualified
from housestaff.rules.safety.preceptors import preceptor_ratio, primary_care_exception
from housestaff.rules.safety.supervised import supervised

LAW = (
    eighty_hours,
    eight_hours_between,
    fourteen_after_call,
    one_day_in_seven,
    days_off_after_call,
    twenty_four_hours,
    four_more_hours,
    stay_by_choice,
    eighty_eight_hours,
    moonlighting_unharmful,
    moonlighting_counts,
    no_first_year_moonlighting,
    moonlighting_approved,
    moonlighting_ban,
    night_float_within,
    every_third_night,
    every_third_night_each,
    home_call_rest,
    home_call_return,
    sixteen_hours,
    twelve_in_the_department,
    equal_time_off,
    sixty_in_the_department,
    seventy_two_on_service,
    one_day_in_seven_each_week,
    one_day_each_week,
    six_in_a_row,
    six_nights,
    ten_hours_between,
    long_run,
    call_spacing,
    calls_well_apart,
    call_before_leave,
    call_near_week,
    recovery_after_deployment,
    convalescence,
    transition_rotation_day,
    early_call,
    sixteen_hours_first_year,
    early_warning,
    never_on_leave,
    leave_worked,
    call_on_leave,
    employed,
    qualified,
    one_duty_at_a_time,
    derived_cells,
    supervised,
    demand_met,
    one_name_a_night,
    attendings_in_clinic,
    rooms_in_clinic,
    rooms_wanted,
    preceptor_ratio,
    primary_care_exception,
    required_rotations,
    rotation_window,
    rotation_order,
    rotation_capacity,
    clinic_load,
    clinic_weeks,
    night_float_weeks,
    even_calls,
    even_weekends,
    even_holidays,
    keep_continuity,
    honor_wishes,
    least_change,
)

RULES = {rule.name: rule for rule in LAW}

ABOUT_CALLS = (
    "call_spacing",
    "calls_well_apart",
    "call_before_leave",
    "call_near_week",
    "recovery_after_deployment",
    "convalescence",
    "transition_rotation_day",
    "early_call",
    "honor_wishes",
    "least_change",
)
"""Rules that the choice of nights keeps or breaks; by the time the half-days are solved they are facts."""
