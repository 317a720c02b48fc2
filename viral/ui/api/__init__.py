"""What other programs call: the API of the app, and its MCP tools."""
