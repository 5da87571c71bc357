"""Models of the devices. `device.py` is the interface; a user's own device implements it too."""
