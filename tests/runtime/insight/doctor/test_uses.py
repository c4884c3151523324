"""A finding inside a block says in which of its uses."""

from __future__ import annotations

import json

from runtime.insight.doctor.doctor import as_json
from runtime.insight.doctor.silence import SilentUnitsDiagnosis


def test_a_finding_names_the_way_to_the_use_that_shows_it() -> None:
    seen = {"graph": "networks.unit", "node": "fc", "trail": [["networks.model", "stage", 1]]}
    told = json.loads(json.dumps(as_json(SilentUnitsDiagnosis().find(seen, "Most of its units never fire."))))
    assert (told["graph"], told["node"], told["trail"]) == ("networks.unit", "fc", [["networks.model", "stage", 1]])


def test_a_finding_of_the_training_graph_or_of_the_whole_run_is_in_no_block() -> None:
    diagnosis = SilentUnitsDiagnosis()
    assert as_json(diagnosis.find_in_training("sgd", "Its steps are too large."))["trail"] == ()
    assert as_json(diagnosis.find(None, "Nothing is learned."))["trail"] == ()
