"""Reports: files that are made once for a period, stored with their checksum, and never changed."""
