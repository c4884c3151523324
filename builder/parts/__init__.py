"""Self-contained pieces that need only torch: the application imports them, exported code gets them as they stand."""
