"""Local rules: program policy, never shown as an ACGME rule; each can be switched off."""
