"""Who may come in: this computer's own pages, and elsewhere only people who have shown a token or signed in."""
