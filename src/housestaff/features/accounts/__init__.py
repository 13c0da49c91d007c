"""Who we are: users, memberships, sign-in, sessions, tokens, invitations."""
