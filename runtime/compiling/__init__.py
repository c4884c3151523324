"""Networks compiled beside a run that trains meanwhile, and swapped in when they are ready (docs/adr/16)."""
