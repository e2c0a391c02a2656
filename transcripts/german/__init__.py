"""German words: stems, nouns, genders."""
