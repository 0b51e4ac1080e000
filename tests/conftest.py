"""What all tests share."""

import os

# One thread: the suite runs beside others, and thread counts change the last bits.
os.environ.setdefault("OMP_NUM_THREADS", "1")
