"""Files that citizens send and officials answer with: what they may be, where they may come from, how they are kept."""
