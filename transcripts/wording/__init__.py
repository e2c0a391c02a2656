"""German words for people: errors, reasons for a hold, dates and sizes, and how templates are filled in."""
