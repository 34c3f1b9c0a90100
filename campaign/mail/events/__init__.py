"""Events that providers post about mails they took: who really sent them, and what they say. One file for each provider."""
