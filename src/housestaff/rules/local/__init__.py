"""What one program or hospital adds to the law; never shown as the law."""
