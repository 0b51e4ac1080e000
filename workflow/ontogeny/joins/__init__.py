"""Many runs in one dataset."""
