"""How media files are built, one module a family of containers: whether one breaks off.

Only single places are read, so that a file of many gigabytes costs little; nothing is decoded. PyAV says
nothing of these matters, and libraries that do know one or two formats each.
"""
