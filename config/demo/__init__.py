"""The demo: invented people and cases, and a page for the mail that was sent. Never part of production."""
