"""The only code that talks to Asterisk or writes for it."""
