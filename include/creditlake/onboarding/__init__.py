"""A new feed before it is one: its contract checked, a sample tried, its files scaffolded. No lake is touched."""
