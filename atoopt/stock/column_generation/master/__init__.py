"""The restricted master: what it is, the bound that duals prove over it, and how it is solved."""
