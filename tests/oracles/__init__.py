"""Independent test oracles: plain, slow implementations that share no code with the library."""
