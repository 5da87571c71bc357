"""The hypervisor's scenarios as the user runs them: build the firmware, run it, judge it, show what it cost."""
