"""The test harness: servers, databases, pgTAP files as tests, PostgREST, tokens."""
