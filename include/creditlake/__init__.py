"""creditlake."""
