"""`python -m tiab`, where the command `tiab` is not on the path."""

from tiab.cli import main

if __name__ == "__main__":
    main()
