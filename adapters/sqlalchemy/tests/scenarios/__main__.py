"""Runs one scenario, as `apart` asks for it: a pickled call comes in, a pickled result goes out."""

import pickle
import sys

call = pickle.load(sys.stdin.buffer)
sys.stdout.buffer.write(pickle.dumps(call()))
