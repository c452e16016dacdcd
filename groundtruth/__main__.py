"""`python -m groundtruth` is the `groundtruth` command."""

from groundtruth.command import main

main()
