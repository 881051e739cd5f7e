"""Figures on the work of an agent."""


def conversion(sales: int, cancelled: int, partial: int) -> float | None:
    """Share of the leads that became a sale: ``sales / (cancelled + partial + sales)``.

    :returns: between 0 and 1, or None when there is nothing to divide by

    >>> conversion(3, 1, 2)
    0.5
    >>> conversion(0, 0, 4)
    0.0
    >>> conversion(0, 0, 0) is None
    True
    """
    leads = sales + cancelled + partial
    return sales / leads if leads else None
