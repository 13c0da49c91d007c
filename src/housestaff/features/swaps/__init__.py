"""Who changes duties with whom: asked, agreed, approved, carried out, taken back."""
