"""AsyncClient and its resources. scripts/unasync.py makes Client and its resources of them."""
