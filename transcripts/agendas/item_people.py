"""Who is named with an item: people, and those who are called by what they are ("alle", "Vorstand"). Pure.

Which words are names the tagger of `transcripts.german` tells; places are names, too, and are listed here.
"""

import re

from transcripts.german.nouns import tag

_NAMES_EFFORT = 3_500
"""What finding names in one agenda may cost, in squared letters: some seventy names."""
_LONGEST_NAMES = 160
_MOST_WORDS = 5
_BETWEEN = re.compile(r"[ ]?[,;&/+][ ]?|[ ](?:und|u\.|sowie|mit|and)[ ]|[ ][|–—][ ]")
_ROLE = re.compile(
    r"(?:referent(?:[:*_]?in|[:*_]?innen|en)?|referierende?|input|moderation|vortrag|gast|gäste|"
    r"leitung|verantwortlich|wer|"
    r"präsentation|vorgestellt|vorstellung|bericht|berichterstatter(?:in)?|es spricht|impuls|"
    r"einführung|sprecher(?:in)?|"
    r"zuständig|durch|von|mit|by|speaker|host)"
    r"(?:(?:[ ](?:durch|von|mit|by))?[ ]?:[ ]?|[ ](?:(?:durch|von|mit|by)[ ])?)",
    re.IGNORECASE,
)
_TITLES_WRITTEN = """
dr. prof. mag. dipl. dipl.-ing. di ing. drs. med. phil. jur. rer. nat. h.c. ba ma msc frau herr frau/herr
dr prof pfr. bgm. lr lrin nr abg. stadtrat stadträtin bürgermeister bürgermeisterin
"""
_TITLES = frozenset(_TITLES_WRITTEN.split())
_PARTICLES_WRITTEN = """
von van de der den zu zur zum vom di da del la le ten ter und
"""
_PARTICLES = frozenset(_PARTICLES_WRITTEN.split())
_GROUPS_WRITTEN = """
alle, alle zusammen, alle tn, all, nn, n.n., n. n., n.n, tbd, vorstand, orga, team, orga-team, orgateam,
kernteam, moderation, moderator, geschäftsstelle, vorsitz, gäste, runde, koordination, steuerungsgruppe,
sekretariat, präsidium, präsidentin, präsident, kassier, kassierin, vorstandsteam, der vorstand,
moderationsteam, teilnehmende, jede*r, jede/r, jede:r
"""
_GROUPS = frozenset(" ".join(_GROUPS_WRITTEN.split()).split(", "))
_GROUP = re.compile(
    r"(?:AG|Team|Gruppe|Arbeitsgruppe|Regionalgruppe)[ ][A-ZÄÖÜ][\wäöüß-]{1,30}|[A-ZÄÖÜ][\w-]{1,20}-[Tt]eam"
)
_PLACES_WRITTEN = """
wien graz linz salzburg innsbruck bregenz dornbirn klagenfurt eisenstadt österreich vorarlberg tirol
kärnten steiermark burgenland niederösterreich oberösterreich deutschland schweiz europa liechtenstein
luxemburg belgien ostbelgien südtirol bozen berlin hamburg münchen köln frankfurt stuttgart düsseldorf
leipzig dortmund essen bremen dresden hannover nürnberg duisburg bochum wuppertal bielefeld bonn münster
mannheim karlsruhe augsburg wiesbaden aachen kiel halle magdeburg freiburg krefeld mainz lübeck erfurt
rostock kassel potsdam saarbrücken oldenburg osnabrück heidelberg darmstadt regensburg würzburg
ingolstadt ulm heilbronn göttingen wolfsburg trier jena cottbus konstanz tübingen bayern hessen sachsen
thüringen brandenburg saarland niedersachsen nordrhein-westfalen nrw baden-württemberg baden württemberg
mecklenburg-vorpommern schleswig-holstein rheinland-pfalz sachsen-anhalt zürich bern basel luzern genf
lausanne winterthur zug aarau thun uster chur schwyz uri aargau thurgau wallis tessin solothurn
frankreich italien irland polen paris brüssel london eupen rom dänemark norwegen eu mai zoom teams signal
moodle mastodon facebook instagram whatsapp wordpress nextcloud online hybrid videos gemeinde
"""
_PLACES = frozenset(_PLACES_WRITTEN.split())
_LEADING_WORDS = frozenset(["durch", "von", "mit", "by", "–", "-", "→", "bei"])
_TITLE = re.compile(
    r"(?:dr|mag|prof|dipl|ing|di|dkfm|lic|univ|msc|mba|ll)(?:[.-][\w.-]{0,12})?", re.IGNORECASE
)
_OFFICE = re.compile(
    r"[A-ZÄÖÜ][a-zäöü]{0,20}(?:(?:bürger)?meister|minister|präsident|direktor|leiter|sprecher|rät|rat|referent|obmann|"
    r"obfrau|vorsitzende|moderator|pfarrer|professor|beauftragte|sekretär)(?:in|r)?"
    r"|Obfrau|Obmann|Pfarrer(?:in)?|Vorsitzende[r]?|Stadtrat|Stadträtin",
)
_AT = re.compile(r"@([A-Za-zÄÖÜäöüß][\w.-]{0,29})")
_NAME_WORD = re.compile(r"(?:[A-ZÄÖÜ]\.)|[A-ZÄÖÜÉÇŁŠ][^\W\d_]{0,24}(?:['’-][^\W\d_]{1,24}){0,2}")


class Names:
    """Tells names of people; no more are found once one agenda has cost too much."""

    def __init__(self) -> None:
        self._left = _NAMES_EFFORT

    def people_in(self, text: str, *, is_told: bool = False, fewest_words: int = 1) -> tuple[str, ...]:
        """Everybody named, where the text is nothing but names; with `is_told` it is known to be."""
        text = _without_role(text.strip(" ,;|–—()[]"))
        if not text or len(text) > _LONGEST_NAMES:
            return ()
        parts = [part.strip(" @") for part in _BETWEEN.split(text)]
        parts = [part for part in parts if part]
        if is_told:
            return tuple(dict.fromkeys(parts))
        if not parts or not self.is_one(parts[0], fewest_words):
            return ()
        if len(parts) > 1 and not all(self._may_follow(part, parts[0]) for part in parts[1:]):
            return ()
        return tuple(dict.fromkeys(parts))

    def is_one(self, text: str, fewest_words: int = 1) -> bool:
        """Whether it is one person's name, or who is called by what they are."""
        if text.lower() in _GROUPS or _GROUP.fullmatch(text):
            return fewest_words == 1
        words = text.split()
        if not words or len(words) > _MOST_WORDS + 2:
            return False
        if len(words) > 1 and _OFFICE.fullmatch(words[0]):
            return self.is_one(" ".join(words[1:]))
        named = [word for word in words if word.lower() not in _TITLES and not _TITLE.fullmatch(word)]
        has_title = len(named) < len(words)
        capitals = [word for word in named if word not in _PARTICLES]
        if not capitals or len(capitals) > 4 or (capitals[0] != named[0] and not has_title):
            return False
        if len(capitals) < fewest_words or not all(_NAME_WORD.fullmatch(word) for word in capitals):
            return False
        if has_title:
            return True
        if len(capitals) == 1 and (capitals[0].isupper() or len(capitals[0]) < 3):
            return False
        return not any(word.lower() in _PLACES for word in capitals) and self._are_names(capitals)

    def _may_follow(self, text: str, first: str) -> bool:
        """Whether it is another name, or what the first one belongs to ("Mehr Demokratie e.V.")."""
        return self.is_one(text) or (" " in first and len(text) <= 60 and text[:1].isupper())

    def _are_names(self, words: list[str]) -> bool:
        self._left -= sum(len(word) ** 2 for word in words)
        if self._left < 0:
            return False
        kinds = [one.tag for one in tag(" ".join(words)) if not one.is_mark]
        if kinds[:1] == ["NE"]:
            return True
        return kinds[:1] in (["XY"], ["FM"]) and (len(words) == 1 or "NE" in kinds)


def mentions_in(text: str) -> tuple[str, tuple[str, ...]]:
    """The text without "@Name" at its end, and the names."""
    found: list[str] = []
    words = text.split(" ")
    while words and (mention := _AT.fullmatch(words[-1].strip(",;()"))):
        found.insert(0, mention[1])
        words.pop()
    while found and len(words) > 1 and words[-1].lower() in _LEADING_WORDS:
        words.pop()
    return " ".join(words).rstrip(" ,;–—-("), tuple(found)


def _without_role(text: str) -> str:
    found = _ROLE.match(text)
    return (text[found.end() :] if found else text) or text
