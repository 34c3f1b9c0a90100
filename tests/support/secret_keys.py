"""Secret keys as `openssl rand -hex 32` makes them, for sites of tests alone."""

SECRET_KEY = "3f6d0a81c9e7425bb81e64d7a05c92f37e1b48a6d9c0f2354b7a86e1d03c95f8"
OTHER_SECRET_KEY = "b2907c4fe6815d3a94d1f8036ea7c25b1d60e93f74a8cb520f5e36d7198ac4be"
