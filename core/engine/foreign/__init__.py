"""Models that other servers run: asked over the OpenAI protocol, whatever those servers make of it."""
