"""A page for the people who decide: the decision, what it costs, how long customers wait, what is proven."""
