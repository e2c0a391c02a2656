"""Speech: windows, words, sentences, and how well they were heard."""
