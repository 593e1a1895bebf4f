"""``python -m benchmarks``."""

# The processes of contestants import this file too: all imports are below the guard.
if __name__ == "__main__":
    import sys

    from benchmarks.table import main

    sys.exit(main())
