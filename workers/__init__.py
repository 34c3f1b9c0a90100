"""Work that is done later: the jobs of RQ workers, and the clock that asks for them. Imported by nobody.

A job takes ids or nothing, reads what is due from the store, and may run twice, in parallel, or never: the clock asks again.
"""
