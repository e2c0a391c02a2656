"""The plain form behind a feminine or gendered one: "expertinnen" -> "expert", "ärztin" -> "ärzt".

Pure functions over folded words (lower case, the sign of a gendered form left out). Duden, Die Grammatik,
"Movierung": -in and -innen follow the word without its e ("Kolleg-e", "Kolleg-in"). A plural in -innen is
nearly always such a form, what is none is listed; in -in end many other words ("Berlin", "Medizin"), so that
endings and words of persons are listed instead.
"""

import re

_AE, _OE, _UE = "(?:ä|ae)", "(?:ö|oe)", "(?:ü|ue)"
_PLURAL_IN_EN = (
    "ist|ent|ant|itekt|expert|kolleg|log|gog|nom|graf|graph|soph|[tsij]or|krat|idat|oldat|omat|okat|ilot"
    f"|triot|franz{_OE}s|genoss|zeug|kund"
)
"""Ends of persons whose plural has -en, so that it is what stands in compounds: "Expert-en-rat"."""
_PERSON = (
    rf"{_PLURAL_IN_EN}|[^\W\d_]{{3}}er|{_AE}rzt|anw{_AE}lt|r{_AE}t|[tnl]{_AE}r|vorst{_AE}nd|g{_AE}st|eur|eut|urg"
    rf"|bot|beamt|wirt|chef|freund|feind|gatt|gesell|k{_OE}ch|k{_OE}nig|gr{_AE}f|j{_UE}d|t{_UE}rk|f{_UE}rst"
    r"|griech|nachbar|notar|kommissar|archivar|referendar|thekar|athlet|poet|prophet|ungar|held|herr|brit|russ"
    rf"|kroat|schwed|tschech|slowak|rum{_AE}n|chines"
)
_NO_PERSON = (
    "kristin|valentin|florentin|quentin|trentin|konstantin|byzantin|levantin|serpentin|brigantin|schwerin"
    "|gly[cz]erin"
)
_SINGULAR = re.compile(rf"(?!(?:{_NO_PERSON})$)(?:.*(?:{_PERSON}))in")
_PLURAL = re.compile(
    r"(?!.*(?:gewinnen|beginnen|spinnen|außeninnen|ausseninnen)$)"
    r"(?!(?:ab|an|be|ge|ent|er|zer|ver|zu|aus|nach|hin)*(?:rinnen|sinnen)$)"
    r"(?!.*(?:dach|regen|wasser|traufe?n?|abfluss|boden|strassen|ungs)rinnen$)"
    r"(?!dadrinnen$|darinnen$|hierinnen$|mittendrinnen$)"
    r"[^\W\d_]{3,}innen"
)
_INSIDE = re.compile(
    rf"(?:(?P<long>{_PLURAL_IN_EN})|(?P<doctor>{_AE}rzt)|(?<=[^\W\d_]{{3}}er))"
    r"innen(?!minist|polit|stadt|städt|raum|räum|hof|höf|archit|einricht|senat|ressort)(?=[^\W\d_]{3})"
)


def without_feminine_ending(word: str) -> str:
    """A folded word without -in or -innen, also inside: "bürgerinnenrat" -> "bürgerrat".

    What has no such ending stays as it is.
    """
    if "in" not in word:
        return word
    if word.endswith("innen"):
        return word[:-5] if _PLURAL.fullmatch(word) else word
    if word.endswith("in"):
        return word[:-2] if _SINGULAR.fullmatch(word) else word
    return _INSIDE.sub(_joint, word, count=1) if "innen" in word else word


def _joint(match: re.Match[str]) -> str:
    """What stands between the parts of the plain compound: "Experten-rat", "Ärzte-kammer", "Bürger-rat"."""
    if match["long"]:
        return f"{match['long']}en"
    return f"{match['doctor']}e" if match["doctor"] else ""
