"""`python -m tests.attack`: a thousand random programmes, and how many small cells fell."""

import argparse
import sys

from tests.attack.campaign import attack

if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--programmes", type=int, default=1000)
    parser.add_argument("--months", type=int, default=3)
    parser.add_argument("--seed", type=int, default=2026)
    asked = parser.parse_args()
    outcome = attack(asked.programmes, asked.seed, asked.months)
    sys.stdout.write(f"{asked.programmes} programmes, {asked.months} months: {outcome}\n")
    sys.exit(bool(outcome.found))
