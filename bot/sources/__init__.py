"""Where answers come from; no source knows another."""
