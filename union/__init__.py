"""The members: shops, people, roles, joining and leaving, audit."""
