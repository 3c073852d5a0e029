"""What stands in the demo's notes: invented, calm, and without a single measure of a body."""

import random

FOCUS = (
    "Arrived quiet, and spoke of the week at work only after the first bench.",
    "The letter from the brother, and what it would mean not to answer it yet.",
    "Waking early. The list that begins before the eyes are open.",
    "Whether to go back to the choir. More wish than fear today.",
    "The anniversary next month and who may know of it.",
    "How it was to be in the shop alone on Saturday.",
)
INTERVENTIONS = (
    "Grounding by what can be seen and heard; let silences stand.",
    "Slowed down beside her words, named the worry as a voice, asked what it protects.",
    "Graded approach agreed and walked through in words first.",
    "Stayed with the feeling in the hands; breath out longer than in; looked for the exception this week.",
)
RESPONSE = (
    "Breath settled at the second bench. Looked up more on the way back.",
    "Tearful for a while, then lighter; wanted to stay a moment at the gate.",
    "Found words for it quickly; surprised by being angry rather than sad.",
    "Thoughtful. Took the idea along without promising anything.",
)
RISK = (
    "Asked directly. No thoughts of suicide or self-harm, no change since last time.",
    "Asked. Passive thoughts as known, no plan, no intent; the plan of May still fits.",
    "No concern raised; asked about sleep and being safe at home, both steady.",
)
PLAN = (
    "Same day next week. Begin at the bench.",
    "Next time outdoors if wished; the room stays free.",
    "To try once: leave the telephone at home for the way to the shop.",
)
FOR_CLIENT = (
    "You noticed that naming what you see helps when the list begins.",
    "Stopping before the gate made leaving a choice.",
    "You said: it need not be answered today.",
    "",
    "Beside each other it was easier to begin.",
    "",
)


def note(rng: random.Random) -> dict[str, str]:
    """The sections of one note."""
    return {
        "focus": rng.choice(FOCUS),
        "interventions": rng.choice(INTERVENTIONS),
        "response": rng.choice(RESPONSE),
        "risk": rng.choice(RISK),
        "plan": rng.choice(PLAN),
        "for_client": rng.choice(FOR_CLIENT),
    }
