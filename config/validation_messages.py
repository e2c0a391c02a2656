"""What is wrong with a value that somebody wrote into a file, in German.

Pydantic says it in English, and by a type of error; each type that our models can meet is worded here.
"""

import re
import tomllib

from pydantic_core import ErrorDetails

_WHOLE, _NUMBER = "erwartet wird eine ganze Zahl", "erwartet wird eine Zahl"
_TEXT, _SECTION = "erwartet wird ein Text in Anführungszeichen", "erwartet wird ein Abschnitt mit Schlüsseln"
_LIST = 'erwartet wird eine Liste: ["eins", "zwei"] oder eins, zwei'
_ADDRESS = "erwartet wird eine Adresse, die mit https:// oder http:// beginnt"
_DAY, _CLOCK = "erwartet wird ein Tag wie 2026-11-19", "erwartet wird eine Uhrzeit wie 19:30:00"
# By pydantic's types of error (https://docs.pydantic.dev/latest/errors/validation_errors/).
WORDINGS = {
    "missing": "fehlt",
    "extra_forbidden": "ist unbekannt",
    "bool_parsing": "erwartet wird true oder false",
    "bool_type": "erwartet wird true oder false",
    "int_parsing": _WHOLE,
    "int_type": _WHOLE,
    "int_from_float": _WHOLE,
    "int_parsing_size": "die Zahl ist zu groß",
    "float_parsing": _NUMBER,
    "float_type": _NUMBER,
    "finite_number": _NUMBER,
    "greater_than": "erwartet wird mehr als {gt}",
    "greater_than_equal": "erwartet wird mindestens {ge}",
    "less_than": "erwartet wird weniger als {lt}",
    "less_than_equal": "erwartet wird höchstens {le}",
    "string_type": _TEXT,
    "string_unicode": _TEXT,
    "string_too_short": "zu kurz, erwartet werden mindestens {min_length} Zeichen",
    "too_short": "zu kurz, erwartet wird eine Länge von mindestens {min_length}",
    "too_long": "zu lang, erwartet wird eine Länge von höchstens {max_length}",
    "path_type": "erwartet wird ein Pfad in Anführungszeichen",
    "literal_error": "erwartet wird {expected}",
    "json_invalid": "das ist kein gültiges JSON",
    "string_too_long": "zu lang, erwartet werden höchstens {max_length} Zeichen",
    "timezone_aware": "der Zeitpunkt braucht eine Zeitzone",
    "tuple_type": _LIST,
    "model_type": _SECTION,
    "model_attributes_type": _SECTION,
    "date_type": _DAY,
    "date_parsing": _DAY,
    "date_from_datetime_parsing": _DAY,
    "date_from_datetime_inexact": _DAY,
    "time_type": _CLOCK,
    "time_parsing": _CLOCK,
}
PATTERNS = {
    r"^https?://[^\s?#]+$": f"{_ADDRESS}, ohne „?“ und „#“",
    r"^https?://[^\s#]+$": f"{_ADDRESS}, ohne „#“",
    r"^https?://[^\s?#]+/api$": f"{_ADDRESS} und mit /api endet",
    r"^s3://[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]/[^/\s][^\s]*$": "richtig wäre zum Beispiel s3://bucket/inbox",
    r"^[ -~]+$": "erlaubt sind nur Zeichen ohne Umlaute",
    r"^[A-Za-z0-9._-]+$": "erlaubt sind Buchstaben ohne Umlaute, Ziffern, Punkt, Unter- und Bindestrich",
}
_UNWORDED = "so kann es nicht dastehen"
_TOML_PLACE = re.compile(r"at line (\d+), column (\d+)")


def complaint(detail: ErrorDetails) -> str:
    """One error of a validation in a few words, without place; it repeats nothing of what was written."""
    kind, context = detail["type"], detail.get("ctx", {})
    if kind == "value_error":  # raised by our own validators, in German
        return str(context["error"])
    if kind == "string_pattern_mismatch":
        return PATTERNS.get(str(context["pattern"]), _UNWORDED)
    return WORDINGS.get(kind, _UNWORDED).format_map({name: _shown(each) for name, each in context.items()})


def toml_complaint(error: tomllib.TOMLDecodeError) -> str:
    """Where a file stops being TOML."""
    found = _TOML_PLACE.search(str(error))
    place = f"in Zeile {found[1]}, Spalte {found[2]}" if found else "am Ende der Datei"
    return f"{place} lässt es sich nicht als TOML lesen; fehlt ein Anführungszeichen oder eine Klammer?"


def _shown(value: object) -> str:
    """Numbers with decimal comma; pydantic's choice of words as a German one."""
    if isinstance(value, int | float):
        return f"{value:g}".replace(".", ",")
    return str(value).replace("'", '"').replace(" or ", " oder ")
