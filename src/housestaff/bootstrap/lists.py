"""The lists of the house, written by hand: who carries out which command, who reacts to what, what timers ask.

A test checks that no handler and no reaction is forgotten.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from housestaff.core.command import Command
from housestaff.features.accounts import handlers as accounts
from housestaff.features.accounts import own_login
from housestaff.features.calendar import handlers as calendar
from housestaff.features.compliance import checking
from housestaff.features.compliance import handlers as compliance
from housestaff.features.conflicts import handlers as conflicts
from housestaff.features.flags import handlers as flags
from housestaff.features.leave import handlers as leave
from housestaff.features.notices import account_mails, changes, digest, preferences, violations, webhook
from housestaff.features.notices import handlers as notices
from housestaff.features.notices import leave as notices_of_leave
from housestaff.features.notices import reports as told_reports
from housestaff.features.notices import swaps as notices_of_swaps
from housestaff.features.operations import handlers as operations
from housestaff.features.portal import handlers as portal
from housestaff.features.program import handlers as program
from housestaff.features.program import rollover
from housestaff.features.reports import handlers as reports
from housestaff.features.schedules import handlers as drafts
from housestaff.features.schedules import imports, publishing, solving, warming
from housestaff.features.swaps import deciding as swap_decisions
from housestaff.features.swaps import handlers as swaps
from housestaff.features.swaps import match
from housestaff.plumbing.inline import count_events, touch_tags
from housestaff.plumbing.periodic import Periodic
from housestaff.plumbing.realtime import put_on_the_feed
from housestaff.plumbing.retention import retain
from housestaff.plumbing.timers import Due

HANDLERS: tuple[Callable[..., Any], ...] = (
    accounts.grant_role,
    accounts.invite,
    accounts.revoke_role,
    accounts.suspend_program,
    accounts.resume_program,
    own_login.accept_invitation,
    own_login.ask_password_reset,
    own_login.reset_password,
    own_login.change_password,
    own_login.make_api_token,
    own_login.revoke_api_token,
    flags.tune_flag,
    program.import_program,
    program.put_person,
    program.put_part,
    program.set_policy,
    program.set_calendar,
    rollover.roll_over_year,
    leave.request_leave,
    leave.record_emergency_leave,
    leave.approve_leave,
    leave.reject_leave,
    leave.withdraw_leave,
    leave.amend_leave,
    leave.cancel_leave,
    drafts.create_schedule,
    drafts.edit_draft,
    drafts.undo_draft,
    drafts.solve_draft,
    drafts.import_draft,
    drafts.lock_places,
    drafts.discard_schedule,
    drafts.annotate_duty,
    publishing.publish_schedule,
    publishing.amend_schedule,
    publishing.roll_back_schedule,
    publishing.archive_schedule,
    imports.read_import,
    imports.apply_import,
    solving.start_solve,
    solving.stop_solve,
    swaps.request_swap,
    swaps.accept_swap,
    swaps.decline_swap,
    swaps.withdraw_swap,
    swaps.expire_swap,
    swap_decisions.approve_swap,
    swap_decisions.reject_swap,
    swap_decisions.execute_swap,
    swap_decisions.roll_back_swap,
    portal.make_on_call_link,
    portal.revoke_on_call_link,
    changes.tell_changes,
    preferences.set_preferences,
    notices.release_delivery,
    notices.read_notice,
    operations.resize_pool,
    operations.switch_consumer,
    operations.replay_dead_letter,
    operations.replay_consumer,
    operations.discard_dead_letter,
    operations.deprecate_schema,
    operations.retire_schema,
    compliance.acknowledge_violation,
    compliance.escalate_violation,
    compliance.apply_override,
    compliance.revoke_override,
    compliance.expire_override,
    calendar.make_calendar_feed,
    calendar.revoke_calendar_feed,
    reports.export_version,
    operations.download_artifact,
    digest.send_digest,
    webhook.set_webhook,
    webhook.switch_webhook,
    webhook.remove_webhook,
)

REACTIONS: tuple[Callable[..., Any], ...] = (
    touch_tags,
    count_events,
    put_on_the_feed,
    warming.ready_the_views,
    notices.tell_that_a_draft_is_ready,
    notices.tell_that_it_is_published,
    changes.gather_what_changed,
    account_mails.send_a_single_use_link,
    notices.tell_of_a_dead_letter,
    notices.tell_of_a_delivery_problem,
    notices.tell_of_a_new_shape,
    conflicts.find_what_a_leave_collides_with,
    conflicts.find_what_stands_against_itself,
    notices_of_leave.tell_of_leave,
    notices_of_leave.tell_of_a_conflict,
    match.find_who_could_take_it,
    match.withdraw_swaps_in_the_way,
    notices_of_swaps.ask_for_an_answer,
    notices_of_swaps.tell_what_is_decided,
    notices_of_swaps.tell_what_was_done,
    compliance.enter_in_the_record,
    checking.check_what_was_touched,
    compliance.void_what_covers_another_duty,
    violations.tell_of_a_violation,
    violations.tell_of_an_override,
    calendar.show_what_holds_now,
    reports.export_the_version,
    told_reports.tell_of_a_report,
)

TIMERS: Mapping[str, Callable[[Due], Command]] = {
    "notice.defer": notices.release_of,
    "notice.debounce": changes.tell_changes_of,
    "swap.execute": swap_decisions.execute_of,
    "swap.expire": swaps.expire_of,
    "violation.escalate": compliance.escalation_of,
    "override.expire": compliance.expiry_of,
    "notice.digest": digest.digest_of_timer,
}

PERIODIC: tuple[Periodic, ...] = (Periodic("retention", 3, (retain, leave.complete_past_leave)),)
