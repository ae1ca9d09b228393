"""The trade of sharing costs: what the operator costs, who pays how much of it, and the proof."""
