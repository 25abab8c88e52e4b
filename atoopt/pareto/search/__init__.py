"""Non-dominated points within a box: sub-problems and how HiGHS solves them."""
