"""OpenAI's protocol over HTTP: routes, request bodies, the door and the errors."""
