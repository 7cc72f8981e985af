"""The choice of data sources in exact numbers: few outcomes and rounds, or play that is determined."""
