"""Steps that are taken faster than Python can order them: networks compiled beside a run, whole steps replayed by a GPU."""
