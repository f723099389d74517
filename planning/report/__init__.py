"""Reports: thin writers over one report model."""
