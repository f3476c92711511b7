"""Speed of the library, side by side with public peers and with a hand-written limit."""
