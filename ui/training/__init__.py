"""What the pages around training share: settings, starting a run, and the run that a project last had."""
