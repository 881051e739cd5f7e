def migrate(cr, version):
    """Keep the keys of earlier messages, so that they are not processed twice."""
    cr.execute(
        """
        INSERT INTO leads_agent_received
                    (company_id, channel, key, state, create_uid, create_date, write_uid, write_date)
             SELECT (SELECT min(id) FROM res_company), channel, key, 'message',
                    create_uid, create_date, write_uid, write_date
               FROM leads_agent_inbound
        ON CONFLICT (channel, key) DO NOTHING
        """
    )
    cr.execute("DROP TABLE leads_agent_inbound")
