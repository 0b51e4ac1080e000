"""Published evaluations of other people's models: from tables to forecasts."""
