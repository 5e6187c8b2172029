"""What must always be true, and who is not: checks registered by the apps, run by `manage.py doctor`."""
