"""The complete frontier of free assignment, exact."""
