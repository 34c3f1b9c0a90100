"""HTTP in, HTML or JSON out. No rule lives here: views read a request, ask a use case, and say its answer."""
