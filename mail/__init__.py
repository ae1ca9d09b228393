"""What leaves the box: letters, and the outbox they wait in."""
