"""The pages in the browser: all reviews of one person, and one reviewer before one review, on the same computer.

`OpenReviews` keeps the reviews that are open, `ReviewerSession` stores what the reviewer decides in one and runs
background work; `pages` has one module for each page; `security` lets nobody else in. All of it works without a
network: every asset is part of the package.
"""

from tiab.web.app import make_app
from tiab.web.open_reviews import OpenReviews
from tiab.web.serving import listen, serve
from tiab.web.session import ReviewerSession

__all__ = ["OpenReviews", "ReviewerSession", "listen", "make_app", "serve"]
