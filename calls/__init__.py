"""The trade of answering: menus, hours, call facts, the line, callbacks."""
