"""Countersign collects signatures for campaigns, proves each by email, counts them, and hands them over.

`domain` decides and knows nothing of the world; `store` keeps; `mail`, `formats` and `rendering` make what leaves the house;
`web` turns HTTP into use cases (`services`) and their answers into pages. Everything that touches the world is made once in
`runtime` and handed in. `cli` is the command line, `app` the web application.
What happens later lives in the package `workers`, beside this one.
"""
