"""The processes of a study: what is started, watched, killed, and what happens inside."""
