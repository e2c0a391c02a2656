"""The matrix of inputs: short clips of every shape, with marks put in, and a judge of what is published.

In the middle of each second the picture flashes and a beep sounds. Flash and beep say which second
it is: the flash in black-and-white bars, the beep by its pitch. So the judge knows for each of them
when it should be seen and heard, and which are missing or should not be there.
"""
