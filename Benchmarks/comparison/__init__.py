"""What `compare` is made of: instances, contestants, runs, judgement and report."""


class Mistake(Exception):
    """Something the user can mend; the message says how."""
