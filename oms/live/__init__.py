"""Live pages: what changed is told through Redis, so that a page on screen asks no database whether it is still true."""
