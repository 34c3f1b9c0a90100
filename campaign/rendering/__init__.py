"""Pictures made by us: cards, badges, QR codes, posters, and the campaigners' own made smaller. Data in, bytes out."""
