"""What cannot both hold: found as soon as either is there, closed by itself when it is gone."""
