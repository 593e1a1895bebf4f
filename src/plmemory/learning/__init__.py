"""Learning rules: one module each, patterns in, couplings out."""
