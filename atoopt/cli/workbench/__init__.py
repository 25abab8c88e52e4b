"""The commands around a solve: one file each, as in `atoopt.cli.commands`."""
