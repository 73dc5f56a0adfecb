"""MPS files for readers that go by the file's name."""

import gzip
import os
import tempfile


def as_mps(file):
    """The same file under a name that ends in `.mps` or `.mps.gz`."""
    name = os.path.basename(file)
    suffix = ".mps.gz" if name.endswith(".gz") else ".mps"
    if name.endswith(suffix):
        return file
    alias = os.path.join(tempfile.mkdtemp(prefix="compare-"), name.split(".")[0] + suffix)
    os.symlink(os.path.abspath(file), alias)
    return alias


def text_of(file):
    opener = gzip.open if file.endswith(".gz") else open
    with opener(file, "rt") as stream:
        return stream.read()
