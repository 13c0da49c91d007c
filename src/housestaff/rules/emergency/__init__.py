"""Rules of emergency medicine rotations, held only where a pack switches them on."""
