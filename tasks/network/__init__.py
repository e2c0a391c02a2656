"""The network: trusted certificates, one request sent once, and the language model's endpoint."""
