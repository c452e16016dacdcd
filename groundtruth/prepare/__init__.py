"""From a folder of documents to page images and a manifest in S3: `groundtruth.prepare.run.prepare`.

Nothing is imported here: the processes that render import this package each for themselves, and need little of it.
"""
