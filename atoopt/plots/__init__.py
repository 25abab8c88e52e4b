"""Pictures, one file each; every function draws on matplotlib Axes and returns them."""
