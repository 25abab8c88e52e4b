"""Run the command line with ``python -m atoopt``."""

import sys

from atoopt.cli import main

sys.exit(main())
