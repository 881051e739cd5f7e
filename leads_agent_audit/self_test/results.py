"""What a visibility test writes down."""


def result(env, verdict, explanation="", *, agent=None, model=None, seen=0, expected=0):
    """Return the values of one line of the test."""
    return {
        "agent_id": agent.id if agent else False,
        "model": model or False,
        "model_name": env["ir.model"]._get(model).name if model else env._("Groups"),
        "seen": seen,
        "expected": expected,
        "verdict": verdict,
        "explanation": explanation,
    }
