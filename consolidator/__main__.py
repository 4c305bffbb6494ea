"""`python -m consolidator`, the same as the `consolidate` command."""

from consolidator.cli import main

if __name__ == "__main__":
    main()
