"""The screening page: one reviewer before one review, in a browser on the same computer.

`ReviewerSession` stores what the reviewer decides and runs background work; `pages` has one module for each page;
`security` lets nobody else in. All of it works without a network: every asset is part of the package.
"""

from tiab.web.app import make_app
from tiab.web.serving import listen, serve
from tiab.web.session import ReviewerSession

__all__ = ["ReviewerSession", "listen", "make_app", "serve"]
