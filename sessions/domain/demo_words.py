"""What stands in the demo's notes: invented, calm, and without a single measure of a body.

Words of outside stand only in notes of outside. Nobody is told the same twice.
"""

import random

ANYWHERE, OUTSIDE, INSIDE = "anywhere", "outside", "inside"
DRAWN = ("focus", "interventions", "response", "risk", "plan", "for_client")

WORDS: dict[str, dict[str, tuple[str, ...]]] = {
    "focus": {
        ANYWHERE: (
            "The letter from the brother, and what it would mean not to answer it yet.",
            "Waking early. The list that begins before the eyes are open.",
            "Whether to go back to the choir. More wish than fear today.",
            "The anniversary next month and who may know of it.",
            "How it was to be in the shop alone on Saturday.",
            "What to say to the colleague, and what can stay unsaid.",
            "Sleep is steadier. What the evenings look like now.",
        ),
        OUTSIDE: ("Arrived quiet, and spoke of the week at work only after the first bench.",),
        INSIDE: ("Arrived quiet, and spoke of the week at work only after a while.",),
    },
    "interventions": {
        ANYWHERE: (
            "Slowed down, named the worry as a voice, asked what it protects.",
            "Graded approach agreed and gone through in words first.",
            "Stayed with the feeling in the hands; breath out longer than in; looked for the exception this week.",
            "Drew the week together and looked for the hour that was lighter.",
        ),
        OUTSIDE: ("Grounding by what can be seen and heard; let silences stand.",),
        INSIDE: ("Grounding by the feet on the floor and the sounds of the room; let silences stand.",),
    },
    "response": {
        ANYWHERE: (
            "Found words for it quickly; surprised by being angry rather than sad.",
            "Thoughtful. Took the idea along without promising anything.",
            "Relieved that it had been said; tired afterwards.",
        ),
        OUTSIDE: (
            "Breath settled at the second bench. Looked up more on the way back.",
            "Tearful for a while, then lighter; wanted to stay a moment at the gate.",
        ),
        INSIDE: (
            "Breath settled towards the middle. Looked up more at the end.",
            "Tearful for a while, then lighter; wanted to stay a moment before leaving.",
        ),
    },
    "risk": {
        ANYWHERE: (
            "Asked directly. No thoughts of suicide or self-harm, no change since last time.",
            "Asked. Passive thoughts as known, no plan, no intent; the plan of May still fits.",
            "No concern raised; asked about sleep and being safe at home, both steady.",
        ),
    },
    "plan": {
        ANYWHERE: (
            "Same day next week.",
            "To try once: leave the telephone at home for the way to the shop.",
            "To write down one thing that went well, on three evenings.",
        ),
        OUTSIDE: ("Same day next week. Begin at the bench.", "Same path next time; the room stays free."),
        INSIDE: ("Next time outdoors if wished; the room stays free.",),
    },
    "for_client": {
        ANYWHERE: (
            "You said: it need not be answered today.",
            "You noticed that the morning is easier when the list is on paper.",
            "You found your own word for it.",
        ),
        OUTSIDE: (
            "You noticed that naming what you see helps when the list begins.",
            "Stopping before the gate made leaving a choice.",
            "Beside each other it was easier to begin.",
        ),
        INSIDE: (
            "You noticed that both feet on the floor help when the list begins.",
            "You said when it was enough for today.",
        ),
    },
}
ALWAYS_SAID = {"focus", "interventions", "response", "risk", "plan"}


def note(rng: random.Random, *, outside: bool, told: set[str]) -> dict[str, str]:
    """The sections of one note. `told` is what the client's notes say already, and grows by what this one says."""
    return {name: _draw(rng, name, outside=outside, told=told) for name in DRAWN}


def _draw(rng: random.Random, name: str, *, outside: bool, told: set[str]) -> str:
    words = WORDS[name]
    all_of_them = words[ANYWHERE] + words.get(OUTSIDE if outside else INSIDE, ())
    new = [one for one in all_of_them if one not in told]
    if name not in ALWAYS_SAID and (not new or rng.random() < 0.3):
        return ""
    chosen = rng.choice(new or all_of_them)
    told.add(chosen)
    return chosen
