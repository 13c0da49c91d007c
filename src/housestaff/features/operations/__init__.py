"""What IT sees and does: dead letters, consumers, jobs, the audit chain."""
