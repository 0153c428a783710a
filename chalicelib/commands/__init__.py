"""The commands of `python -m chalicelib`: a module each, which registers its arguments and does its work when called."""
