"""What a step costs beside what the machine could do: counted work, measured ceilings, and where the time goes."""
