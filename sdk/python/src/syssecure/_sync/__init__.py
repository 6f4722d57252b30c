# Made by scripts/unasync.py of the file in _async with the same name. Change that one.
"""Client and its resources. scripts/unasync.py makes Client and its resources of them."""
