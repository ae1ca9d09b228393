"""The trade of selling: orders, and what an operator says and knows of each shop."""
