"""The built-in model: a reply picker, trained, kept and answering."""
