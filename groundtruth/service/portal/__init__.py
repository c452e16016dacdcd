"""The worker portal: people sign in by an invitation link and label in the browser; owners see how their jobs go.

accounts, sessions, visitors   who may sign in, who is signed in, who is asking
guard, calls                   what stands before every request: hosts, headers, cross-site requests, guessing
frames                         the document of one task, in a sandboxed frame
worker_calls, entry, owner     what the pages ask for
pages, assets, app             the pages, their scripts and styles, and all of it as one application

`portal_app` makes the application, to be mounted at `PREFIX`; `check_listening` says where it may listen.
"""

from groundtruth.service.portal.accounts import Accounts
from groundtruth.service.portal.app import PREFIX, PortalSettings, portal_app
from groundtruth.service.portal.visitors import check_listening

__all__ = ["PREFIX", "Accounts", "PortalSettings", "check_listening", "portal_app"]
