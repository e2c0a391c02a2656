"""`mitschnitt serve`: all of it under one command, what falls is begun again, and nothing is lost when it ends."""
