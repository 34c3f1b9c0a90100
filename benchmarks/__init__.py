"""Cost of a signature: requests a second, and CPU milliseconds over all processes, beside a floor measured in the same run.

Times of day mean little on a shared machine, so every figure is printed with its ratio to the floor: a bare Flask view that
makes one durable insert, on the same server and the same database. `make bench` prints the table.
"""
