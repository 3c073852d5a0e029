"""`python -m practice.embedded`: start Alongside on this machine."""

import os
import sys

from practice.embedded.runner import run

if __name__ == "__main__":
    sys.exit(run(os.environ))
