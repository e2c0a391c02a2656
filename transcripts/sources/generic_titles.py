"""Titles that say nothing of what a meeting was about: programs call any recording so. Pure."""

import re

from transcripts.german.topic_words import vocabulary

# What meeting programs, phones and servers call any recording.
_SAYS_NOTHING = vocabulary(
    "audio aufnahme aufzeichnung avc capture chat clip cloud conference copy datei default download dvr "
    "export file final full gallery gmt google hd hls home img index input konferenz kopie live "
    "main manifest startraum master media meet meeting meetings meetingraum mitschnitt mov movie my neu new "
    "obs online only original "
    "output personal persönlicher play playback player playlist presentation raum rec record recorded "
    "recording recordings replay room save screen screencast session share shared source speaker stream "
    "streaming teams test track unbenannt unknown unnamed untitled upload utc vc vid video videokonferenz "
    "view watch webcam webex webinar whatsapp zoom bbb bigbluebutton jitsi am at der die das vom von um und "
    "the of bildschirmaufnahme bildschirmaufzeichnung bildschirmvideo besprechung besprechungsaufzeichnung "
    "besprechungsraum dsc export exported memo mvi neue neuer neues ohne pxl signal sound sprachaufnahme "
    "sprachmemo telegram titel voice"
)
_WORDS = re.compile(r"[^\W_]+")
_LETTERS = re.compile(r"[^\W\d_]+")
_HEXADECIMAL = re.compile(r"[0-9a-f]+")
_FEWEST_LETTERS = 3
_FILE_ENDING = re.compile(r"\.(?:mp4|m4v|m4a|mov|mkv|webm|mp3|ogg|opus|wav|flac|aac|avi|ts|mpe?g|wmv|m3u8)$")
# "Zoom Meeting von Erika Mustermann", "Besprechung in Allgemein": nobody typed these.
_BY_PROGRAM = re.compile(
    r"\bzoom[ -]?meeting\b|\bpersonal meeting room\b|^(?:besprechung|meeting) (?:in|mit|with) "
)


def says_nothing(title: str) -> bool:
    """Whether a title says nothing of what a meeting was about: nobody can have meant it."""
    text = title.casefold()
    if _FILE_ENDING.search(text) or _BY_PROGRAM.search(text):
        return True
    return all(map(_word_says_nothing, _WORDS.findall(text)))


def _word_says_nothing(word: str) -> bool:
    """Whether it is a number, also as computers write them, or what is on every recording."""
    letters = _LETTERS.findall(word)
    if letters != [word] and _HEXADECIMAL.fullmatch(word):
        return True
    return all(len(each) < _FEWEST_LETTERS or each in _SAYS_NOTHING for each in letters)
