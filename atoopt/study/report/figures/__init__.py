"""Pictures of a page as data for plotly, one kind a file."""
