"""OpenReviews: the reviews that one person has open in the browser, each with its session."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from pathlib import Path

from tiab.assets import corpus_path
from tiab.criteria import Criteria, read_criteria
from tiab.errors import CriteriaError, InputError, ReviewError
from tiab.review import Policy, Review
from tiab.web.session import ReviewerSession
from tiab.web.user_files import HomeFile, KnownReview, is_review

__all__ = ["OpenReviews", "UnnamedReviewer"]

_EXAMPLE = "example-exercise-in-ms"
_RESERVED = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)$")
"""Names that no folder may have on Windows."""


class UnnamedReviewer(ReviewError):
    """The review has named reviewers, and it is not known which of them, if any, opens it here."""


class OpenReviews:
    """The reviews that were opened since the server started; a review is opened when it is first asked for.

    Attributes:
        home: what is kept of this person's reviews between two starts.
    """

    def __init__(self, home: HomeFile, *, jobs: int = 1) -> None:
        self.home, self._jobs = home, jobs
        self._sessions: dict[str, ReviewerSession] = {}
        self._lock = threading.RLock()

    def close(self) -> None:
        """Ends all that is done in the background, and closes the reviews."""
        with self._lock:
            for key in tuple(self._sessions):
                self._leave(key)

    def session(self, key: str) -> ReviewerSession:
        """The session on the review of that key, which is opened where it isn't yet.

        Raises:
            InputError: no review of that key is known.
            ReviewError: it cannot be opened.
            UnnamedReviewer: first somebody has to say who they are.
        """
        with self._lock:
            if key not in self._sessions:
                known = self.home.find(key)
                if known is None:
                    raise InputError("this review is not in your list", hint="Open its folder from the home page.")
                self._sessions[key] = self._opened(known)
            return self._sessions[key]

    @property
    def sessions(self) -> tuple[ReviewerSession, ...]:
        """The sessions that are open now."""
        with self._lock:
            return tuple(self._sessions.values())

    def open(self, folder: Path, *, reviewer: str | None = None, blind: bool = False) -> str:
        """Opens the review in `folder`; its key.

        Args:
            reviewer: who screens; None for whoever did here before.

        Raises:
            ReviewError: there is none, or it cannot be opened.
        """
        known = self.home.at(folder)
        known = known if reviewer is None else replace(known, reviewer=reviewer)
        with self._lock:
            self._leave(known.key)
            self._sessions[known.key] = self._opened(known, blind=blind)
        return known.key

    def create(self, title: str, question: str, reviewer: str, policy: Policy) -> str:
        """Makes a review in a folder of its own, named after its title; its key.

        Args:
            policy: how it is to be screened.

        Raises:
            ReviewError: the folder cannot be made.
        """
        folder = self._free_folder(title)
        with Review.create(folder, Criteria(title=title, question=question, concepts=())) as review:
            if policy != review.policy:
                review.set_policy(policy, reviewer=reviewer)
        return self._made(folder, title, reviewer)

    def example(self) -> str:
        """The key of a copy of the embedded corpus, in which nothing is decided; one that there is already is kept."""
        folder, corpus = self.home.reviews_folder / _EXAMPLE, corpus_path()
        if not is_review(folder):
            with Review.create(folder, corpus / "criteria.toml") as review:
                review.add([corpus / "records.csv"])
        return self._made(folder, read_criteria(corpus / "criteria.toml").title, self.home.person)

    def name_reviewer(self, key: str, reviewer: str) -> None:
        """Has the review opened for somebody else from now on."""
        known = self.home.find(key)
        if known is None:
            raise InputError("this review is not in your list", hint="Open its folder from the home page.")
        with self._lock:
            self._leave(key)
            self.home.remember(replace(known, reviewer=reviewer), used=True)

    def reviewers(self, key: str) -> tuple[str, ...]:
        """The names of those who decided in a review; none where it is not known.

        Raises:
            ReviewError: it cannot be opened.
        """
        known = self.home.find(key)
        if known is None:
            return ()
        with self._at_hand(key, known) as review:
            return tuple(sorted(review.status().reviewers.keys() - {""}))

    def count(self, key: str) -> KnownReview | None:
        """What is known of a review, counted anew where it has changed since; None where none is known.

        Raises:
            ReviewError: it cannot be opened.
        """
        known = self.home.find(key)
        if known is None or not known.exists or known.mark == known.current_mark:
            return known
        with self._at_hand(key, known) as review:
            status, mark = review.status(), known.current_mark
            title = _title(review)
        screened = status.to_screen - status.left
        counted = replace(known, title=title, records=status.to_screen, screened=screened, mark=mark)
        self.home.remember(counted)
        return counted

    @contextmanager
    def _at_hand(self, key: str, known: KnownReview) -> Iterator[Review]:
        """The review, closed afterwards unless somebody works on it."""
        with self._lock:
            session = self._sessions.get(key)
        if session is not None:
            yield session.review
            return
        with closing(Review(known.path)) as review:
            yield review

    def _made(self, folder: Path, title: str, reviewer: str) -> str:
        known = replace(self.home.at(folder), title=title, reviewer=reviewer)
        self.home.remember(known, used=True)
        return known.key

    def _opened(self, known: KnownReview, *, blind: bool = False) -> ReviewerSession:
        review = Review(known.path, jobs=self._jobs, apart=True)
        try:
            others = review.status().reviewers.keys() - {""}
            if known.reviewer is None and others:
                raise UnnamedReviewer("this review has named reviewers", hint="Say who you are.")
            reviewer = known.reviewer or ""
            self.home.remember(replace(known, title=_title(review), reviewer=known.reviewer), used=True)
            session = ReviewerSession(review, reviewer=reviewer, blind=blind)
        except BaseException:
            review.close()
            raise
        session.preparing.wake()
        session.learning.start()  # which loads what ranks, before anybody waits for it
        return session

    def _leave(self, key: str) -> None:
        session = self._sessions.pop(key, None)
        if session is not None:
            session.close()
            session.review.close()

    def _free_folder(self, title: str) -> Path:
        """A folder that does not exist yet, by a name that says what the review is about."""
        parent = self.home.reviews_folder
        name = re.sub(r"[\W_]+", "-", title.casefold()).strip("-")[:50].strip("-") or "review"
        name = f"review-{name}" if _RESERVED.match(name) else name
        paths = (parent / (name if number == 1 else f"{name}-{number}") for number in range(1, 10_000))
        return next(path for path in paths if not path.exists())


def _title(review: Review) -> str:
    try:
        return review.criteria.title if review.criteria else ""
    except CriteriaError:  # the page of the criteria says what is wrong with them
        return ""
