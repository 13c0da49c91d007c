"""The Excel workbook a program already lives in, read and written without losing a cell."""
