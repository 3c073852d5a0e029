"""What becomes of a message that is handed to a carrier: a mail server, or a service for text messages."""


class NotSent(Exception):
    """Nothing has left: it may be tried again. The text says why."""


class Refused(Exception):
    """The carrier will not have it, now or later. The text says why."""


class Doubtful(Exception):
    """It may have left: nobody but a person sends it again. The text says what was seen."""
