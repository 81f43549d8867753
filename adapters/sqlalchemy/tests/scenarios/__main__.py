"""Run one scenario for `apart`: read a pickled call, and write its pickled result."""

import pickle
import sys

call = pickle.load(sys.stdin.buffer)
sys.stdout.buffer.write(pickle.dumps(call()))
