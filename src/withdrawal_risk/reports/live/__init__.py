"""The part of the report that answers questions without a server."""
