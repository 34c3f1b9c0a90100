"""Places: where signatories live, by constituency, council, region and country (`origins`); who represents them (`people`); and
the certificates that tell representatives how many of their constituents signed (`certificates`).
"""
