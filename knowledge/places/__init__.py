"""Communes, districts and provinces, then and now: records, look-up, bulk conversion."""
