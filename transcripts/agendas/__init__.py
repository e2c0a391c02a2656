"""The agenda as a document: what was pasted, its shape, its items with times, people, links and notes."""
