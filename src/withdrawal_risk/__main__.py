"""``python -m withdrawal_risk``."""

from withdrawal_risk.cli import main

if __name__ == "__main__":
    main()
