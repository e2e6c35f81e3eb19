"""Who a record is about: identifiers and subject resolution."""
