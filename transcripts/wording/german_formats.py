"""Times, sizes, dates and numbers as German readers expect them. Pure text."""

from datetime import date

_MONTHS = [
    *("Januar", "Februar", "März", "April", "Mai", "Juni"),
    *("Juli", "August", "September", "Oktober", "November", "Dezember"),
]
_WEEKDAYS = ("Montag", "Dienstag", "Mittwoch", "Donnerstag", "Freitag", "Samstag", "Sonntag")
_UNITS = ("Byte", "kB", "MB", "GB", "TB")


def format_clock(seconds: float) -> str:
    """A place on the recording, "00:03:12"; fractions of a second are cut off."""
    minutes, rest = divmod(max(0, int(seconds)), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours:02d}:{minutes:02d}:{rest:02d}"


def format_duration(seconds: float) -> str:
    """A length for people: "1 Std. 2 Min.", "12 Min.", and below a minute "45 Sek."."""
    whole = max(0, round(seconds))
    if whole < 60:
        return f"{whole} Sek."
    hours, minutes = divmod(round(whole / 60), 60)
    parts = [f"{hours} Std." if hours else "", f"{minutes} Min." if minutes else ""]
    return " ".join(part for part in parts if part)


def format_date_de(day: date) -> str:
    """A date in full, "19. November 2026"."""
    return f"{day.day}. {_MONTHS[day.month - 1]} {day.year}"


def format_weekday_de(day: date) -> str:
    """A date with its weekday, "Donnerstag, 19. November 2026"."""
    return f"{_WEEKDAYS[day.weekday()]}, {format_date_de(day)}"


def format_size(size_bytes: float) -> str:
    """A size in decimal units with at most one digit after the comma, "1,5 GB"."""
    size = float(max(0, size_bytes))
    unit = 0
    while round(size, 1) >= 1000 and unit < len(_UNITS) - 1:
        size /= 1000
        unit += 1
    return f"{format_number(size)} {_UNITS[unit]}"


def format_number(value: float) -> str:
    """A number with decimal comma and thousands points: "3", "1,5", "1.234.567", "0,004"."""
    if 0 < abs(value) < 0.05:
        text = f"{value:.6f}".rstrip("0")
        text = text if text.strip("-0.") else "0"
    else:
        text = f"{value:,.1f}".removesuffix(".0")
    return text.translate(str.maketrans(",.", ".,"))
