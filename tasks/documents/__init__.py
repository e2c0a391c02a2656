"""Documents from practice: their file becomes pages, text and pictures, in the sandbox."""
