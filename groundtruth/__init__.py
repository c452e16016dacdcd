"""Custom SageMaker Ground Truth jobs on your own machine: the `groundtruth` command and the library behind it."""
