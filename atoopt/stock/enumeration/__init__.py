"""Every stock there is, for small cases."""
