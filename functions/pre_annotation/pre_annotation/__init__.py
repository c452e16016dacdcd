"""Turns one line of an input manifest into the task that workers see in a custom Ground Truth job.

`handler` is the thin edge to Lambda, S3 and the log; `task.make_task` is the whole of what it decides.
"""
