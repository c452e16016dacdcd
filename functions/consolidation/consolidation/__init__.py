"""Turns the answers of several workers about one data object into one label.

The core (everything but `handler` and `payload`) is numpy and plain Python: it knows no AWS and no environment.
"""
