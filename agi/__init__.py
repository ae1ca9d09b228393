"""What a caller meets: the FastAGI process. It reads the database and writes nothing to it."""
