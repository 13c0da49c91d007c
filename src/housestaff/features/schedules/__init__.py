"""Who works when: schedules from the draft to the published versions."""
