"""The source watch: what comes when, how much and in which shape, and an alarm with a name when it does not."""
