"""`python -m prodflow_hub` is `prodflow-hub`."""

import sys

from prodflow_hub._commands import main

sys.exit(main())
