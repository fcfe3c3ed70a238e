"""A small made-up shop: six things customers ask, each in many words, each with one approved reply.

The replies share no telling words with the questions, so that the untrained base has little to go by.
"""

REPLIES = {
    "parcel": "Our carriers need two working days. You will find every stage under your account.",
    "refund": "We send the money back within five days, to the card it came from.",
    "password": "Choose 'Forgotten' on the sign-in page; a link arrives by e-mail.",
    "opening": "We are here from nine to six, and until noon on Saturdays.",
    "invoice": "All papers for your bookkeeping lie under Documents, as PDF.",
    "size": "Measure around the chest and compare with the table below each picture.",
}
_TAUGHT = {
    "parcel": ("Where is my parcel?", "My parcel has not come", "When comes the parcel?", "parcel late"),
    "refund": ("I want a refund", "How do I get a refund?", "refund for a broken cup", "Is the refund free?"),
    "password": (
        "I lost my password",
        "The password is refused",
        "How can I change the password?",
        "password not accepted",
    ),
    "opening": (
        "What are your opening hours?",
        "opening times on Saturday",
        "Is the shop opening on Sunday?",
        "When is opening time?",
    ),
    "invoice": (
        "I need an invoice",
        "Where is the invoice for May?",
        "invoice with VAT number",
        "Send the invoice again",
    ),
    "size": ("Which size do I need?", "Is size M large?", "The size is wrong", "size table for shirts"),
}
_UNSEEN = {
    "parcel": ("Has the parcel been sent?", "parcel tracking please"),
    "refund": ("When will the refund reach me?", "refund not received"),
    "password": ("my password does not work", "new password please"),
    "opening": ("opening hours in winter", "Are you opening early tomorrow?"),
    "invoice": ("invoice missing in the box", "Can I have a paper invoice?"),
    "size": ("what size for a tall man", "Does the size run small?"),
}
TAUGHT = [(question, REPLIES[topic]) for topic, questions in _TAUGHT.items() for question in questions]
UNSEEN = [(question, REPLIES[topic]) for topic, questions in _UNSEEN.items() for question in questions]
FAR_OFF = "Quelle est la hauteur du Kilimandjaro?"
