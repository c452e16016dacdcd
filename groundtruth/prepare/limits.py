"""What Ground Truth takes of an image and of a job (developer guide, input-data-limits and sms-data-input)."""

LARGEST_IMAGE_BYTES = 40_000_000
"""40 MB; counted in powers of ten, the smaller reading."""

LARGEST_IMAGE_PIXELS = 100_000_000

MOST_OBJECTS = 100_000
"""Data objects of one job."""

LONGEST_KEY_BYTES = 1024
"""Of an object's key in S3."""
