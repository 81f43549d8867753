"""What tests of cycles, flows and stores are made of; it needs `prodflow[testing]`.

`prodflow.testing.strategies` draws every value of prodflow for Hypothesis.
"""
