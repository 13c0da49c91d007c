"""The common work-hour requirements that every accredited residency program keeps."""
