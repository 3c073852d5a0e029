"""Forms about clients: they parse, warn and filter; they do not decide."""
