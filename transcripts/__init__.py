"""What is it? The record of a meeting and everything said about it. Imports nothing of ours."""
