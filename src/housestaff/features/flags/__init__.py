"""Feature flags: how the declared ones are tuned. So far they are only stored; nothing asks them yet."""
