"""Logic that synthesis should see as a tree, not as a chain."""


def any_of(values):
    """OR of equally wide values; with one-hot masked values this is a multiplexer without priorities."""
    values = list(values)
    while len(values) > 1:
        values = [a | b for a, b in zip(values[::2], values[1::2], strict=False)] + values[len(values) & ~1:]
    return values[0]
