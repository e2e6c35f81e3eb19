"""One module a feed: ``deliver(part)`` yields its datasets for one part of the city, with what goes wrong in each."""
