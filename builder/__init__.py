"""What a project is: its networks, how they learn, and what is wrong with them. Opens no data and trains nothing."""
