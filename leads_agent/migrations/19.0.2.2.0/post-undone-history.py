def migrate(cr, version):
    """The entries of batches that were undone before the upgrade fill nobody's latest entries any more."""
    cr.execute(
        """
        UPDATE leads_agent_history h SET undone = TRUE
          FROM leads_agent_assignment a
         WHERE a.id = h.assignment_id AND a.end_reason = 'undone'
        """
    )
