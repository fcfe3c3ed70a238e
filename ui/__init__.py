"""What pages share: the session, small widgets, charts. The only shared code that knows Streamlit."""
