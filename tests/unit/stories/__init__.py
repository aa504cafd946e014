"""Ten stories of harm, told to the real services in memory: no fact is lost, somebody answers, no name goes astray."""
