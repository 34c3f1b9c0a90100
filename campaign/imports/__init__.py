"""What comes into the house: lists somebody made of signatures on paper, one file a format. Nothing in them is trusted."""
