"""Ground Truth as a service on your own machine: SageMaker's labeling calls, jobs' life, and the tasks of workers.

records, database   what is kept, and how it is made durable
teams, tasks        work teams, their workers, and the tasks workers do (what the portal stands on)
jobs, overview      labeling jobs as their owner sees them
lifecycle           the background work that takes a job from its manifest to its output manifest
validation, api     SageMaker's wire protocol
app, stack          the web application, and everything it needs on this machine
"""
