"""Secret key of a site that is measured: as good as any, and the same in each of its processes."""

SECRET_KEY = "5e1f92c7a40b86d3e9751c2f8ab6403d7fe2590c1b84d6a3f5079e8c2d41b6a0"
