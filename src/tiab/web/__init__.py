"""The screening page: one reviewer before one review, in a browser on the same computer.

`Desk` is what a reviewer works at; the rooms are the pages, one module each; `Guard` lets nobody else in. All of it
works without a network: every asset is part of the package.
"""

from tiab.web.app import make_app
from tiab.web.desk import Desk
from tiab.web.serving import listen, serve

__all__ = ["Desk", "listen", "make_app", "serve"]
