"""Products that we drew up ourselves, to illustrate: the papers name such products, but publish no data."""
