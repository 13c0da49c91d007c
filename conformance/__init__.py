"""The tool-neutral conformance suite of the work-hour, supervision and leave rules."""
