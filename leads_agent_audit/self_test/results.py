"""The result lines of a visibility test."""


def result(env, verdict, explanation="", *, agent=None, model=None, counts=(0, 0)):
    """Return the values of one line of the test.

    :param counts: how much the agent sees, and how much the agent should see
    """
    return {
        "agent_id": agent.id if agent else False,
        "model": model or False,
        "model_name": env["ir.model"]._get(model).name if model else env._("Groups"),
        "seen": counts[0],
        "expected": counts[1],
        "verdict": verdict,
        "explanation": explanation,
    }
