-- Customers, contacts, orders, messages and assignments of a benchmark database. Deterministic for a scale.
-- Parameters: customers, orders, messages; agents (ids: the shapes first, see generator.py), salespeople, product.
SELECT setseed(0.42);

CREATE TEMP TABLE bench_base AS
SELECT (SELECT max(id) FROM res_partner) AS partner,
       (SELECT max(id) FROM sale_order) AS sale_order,
       date_trunc('second', now() AT TIME ZONE 'UTC') AS now;

-- Customers: a third are companies, 70 in 100 have a salesperson
INSERT INTO res_partner (id, name, complete_name, commercial_partner_id, active, is_company, partner_share, type, email,
                         email_normalized, phone, phone_sanitized, city, zip, street, country_id, user_id, create_date,
                         write_date, autopost_bills)
SELECT b.partner + g, n.name, n.name, b.partner + g, TRUE, g %% 3 = 0, TRUE, 'contact',
       'c' || g || '@domain' || g %% 40000 || '.example.com', 'c' || g || '@domain' || g %% 40000 || '.example.com',
       '+32 47' || lpad((g %% 10000000)::text, 7, '0'),
       '+3247' || lpad((g %% 10000000)::text, 7, '0'),
       (ARRAY['Antwerp', 'Ghent', 'Brussels', 'London', 'Leeds'])[1 + g %% 5], (1000 + g %% 9000)::text, 'High Street ' || g,
       (SELECT id FROM res_country WHERE code = CASE WHEN g %% 5 < 3 THEN 'BE' ELSE 'GB' END),
       CASE WHEN g %% 10 < 7 THEN (%(salespeople)s::int[])[1 + g %% 100] END,
       b.now - g %% 700 * interval '1 day', b.now, 'ask'
  FROM bench_base b, generate_series(1, %(customers)s) AS g,
       LATERAL (SELECT (ARRAY['Harbour', 'Blue', 'North', 'Old', 'Green', 'Royal', 'Corner', 'River'])[1 + g * 7 %% 8] || ' '
                       || (ARRAY['Café', 'Bakery', 'Hotel', 'Office', 'Garden', 'Clinic', 'School'])[1 + g * 5 %% 7]
                       || ' ' || g AS name) AS n;

-- A contact for every fourth customer
INSERT INTO res_partner (id, name, complete_name, parent_id, commercial_partner_id, active, is_company, partner_share, type,
                         email, city, create_date, write_date, autopost_bills)
SELECT b.partner + %(customers)s + g, 'Contact ' || g, c.name || ', Contact ' || g, c.id, c.id, TRUE, FALSE, TRUE, 'contact',
       'contact' || g || '@example.com', c.city, c.create_date, c.create_date, 'ask'
  FROM bench_base b, generate_series(1, %(customers)s / 4) AS g
  JOIN res_partner c ON c.id = (SELECT partner FROM bench_base) + 4 * g;

-- Orders: some customers have thousands, some none; a quarter of the orders is on a contact; number and date grow together
INSERT INTO sale_order (id, name, partner_id, partner_invoice_id, partner_shipping_id, leads_commercial_partner_id,
                        company_id, currency_id, currency_rate, state, date_order, user_id, amount_untaxed, amount_total,
                        invoice_status, create_uid, create_date, write_date)
SELECT b.sale_order + g, 'B' || lpad(g::text, 7, '0'), p.id, p.id, p.id, b.partner + c.nr,
       1, (SELECT currency_id FROM res_company WHERE id = 1), 1,
       CASE WHEN s.r < 0.35 THEN 'draft' WHEN s.r < 0.60 THEN 'sent' WHEN s.r < 0.95 THEN 'sale' ELSE 'cancel' END,
       b.now - interval '730 days' * (1 - g::float / %(orders)s),
       CASE WHEN s.u < 0.95 THEN (%(salespeople)s::int[])[1 + floor(s.u / 0.95 * 100)::int] END,
       a.amount, a.amount, 'no', 2, b.now, b.now
  FROM bench_base b, generate_series(1, %(orders)s) AS g,
       LATERAL (SELECT random() + 0 * g AS c, random() + 0 * g AS r, random() + 0 * g AS u) AS s,
       LATERAL (SELECT 1 + floor(%(customers)s * s.c * s.c)::int AS nr) AS c,
       LATERAL (SELECT CASE WHEN g %% 4 = 0 AND c.nr %% 4 = 0 THEN b.partner + %(customers)s + c.nr / 4
                            WHEN g %% 4 = 0 AND c.nr > 4 THEN b.partner + %(customers)s + c.nr / 4
                            ELSE b.partner + c.nr END AS id) AS p,
       LATERAL (SELECT 50 + g %% 4000 AS amount) AS a;
UPDATE sale_order o SET leads_commercial_partner_id = p.commercial_partner_id
  FROM res_partner p WHERE p.id = o.partner_id AND o.leads_commercial_partner_id <> p.commercial_partner_id;

INSERT INTO sale_order_line (order_id, name, product_id, product_uom_id, product_uom_qty, price_unit, price_subtotal,
                             price_total, sequence, company_id, currency_id, order_partner_id, state, customer_lead,
                             create_uid, create_date)
SELECT o.id, 'Espresso machine', %(product)s, (SELECT uom_id FROM product_template t JOIN product_product p
       ON p.product_tmpl_id = t.id WHERE p.id = %(product)s), 1, o.amount_total, o.amount_total, o.amount_total, 10, 1,
       o.currency_id, o.partner_id, o.state, 0, 2, o.create_date
  FROM sale_order o, bench_base b WHERE o.id > b.sale_order;

-- Messages: three fifths on customers, the others on orders
INSERT INTO mail_message (model, res_id, message_type, subtype_id, date, author_id, body, is_internal, create_uid,
                          create_date)
SELECT CASE WHEN m.on_customer THEN 'res.partner' ELSE 'sale.order' END,
       CASE WHEN m.on_customer THEN b.partner + 1 + floor(%(customers)s * m.c * m.c)::int
            ELSE b.sale_order + 1 + floor(%(orders)s * m.c)::int END,
       (ARRAY['notification', 'comment', 'notification', 'comment', 'email'])[1 + g %% 5],
       (SELECT res_id FROM ir_model_data WHERE module = 'mail' AND name = CASE WHEN g %% 3 = 0 THEN 'mt_comment' ELSE 'mt_note' END),
       b.now - interval '400 days' * (1 - g::float / %(messages)s), 3, '<p>' || repeat('What was said. ', 3 + g %% 20) || '</p>',
       FALSE, 2, b.now
  FROM bench_base b, generate_series(1, %(messages)s) AS g,
       LATERAL (SELECT g %% 5 < 3 AS on_customer, random() + 0 * g AS c) AS m;

-- Who holds whom: a tenth, a hundredth, a fixed number, the customers whose orders are oldest, nobody; most others are shared
ANALYZE res_partner, sale_order;
CREATE TEMP TABLE bench_holder AS
WITH newest AS (
    SELECT leads_commercial_partner_id AS id, max(date_order) AS at,
           row_number() OVER (ORDER BY max(date_order)) AS age
      FROM sale_order, bench_base b WHERE leads_commercial_partner_id > b.partner GROUP BY 1
), drawn AS (
    SELECT p.id, n.age, row_number() OVER (ORDER BY md5(p.id::text)) AS draw
      FROM bench_base b, res_partner p LEFT JOIN newest n ON n.id = p.id
     WHERE p.id > b.partner AND p.id = p.commercial_partner_id
)
SELECT id AS partner_id, draw,
       CASE WHEN age <= %(old)s THEN (%(agents)s::int[])[4]
            WHEN draw <= %(customers)s * 0.10 THEN (%(agents)s::int[])[1]
            WHEN draw <= %(customers)s * 0.11 THEN (%(agents)s::int[])[2]
            WHEN draw <= %(customers)s * 0.11 + %(few)s THEN (%(agents)s::int[])[3]
            WHEN draw <= %(customers)s * 0.11 + 2 * %(few)s THEN (%(agents)s::int[])[6]
            WHEN draw <= %(customers)s * 0.80 THEN (%(agents)s::int[])[7 + draw %% (cardinality(%(agents)s::int[]) - 6)]
       END AS agent_id
  FROM drawn;

-- Two ended assignments per customer, and for each shape ten free customers in their grace; the sixth shape has two
-- more, which somebody else holds by now
INSERT INTO leads_agent_assignment (partner_id, agent_id, company_id, state, source, assigned_at, ended_at, end_reason,
                                    visible_until, is_sale, create_uid, create_date)
SELECT h.partner_id, (%(agents)s::int[])[1 + (h.draw + k) %% cardinality(%(agents)s::int[])], 1, 'resolved', 'batch',
       b.now - (30 + h.draw %% 300 + k) * interval '1 day', b.now - (20 + h.draw %% 300) * interval '1 day', 'resolved',
       b.now - (20 + h.draw %% 300) * interval '1 day' + interval '1 hour', 0, 2, b.now
  FROM bench_base b, bench_holder h, generate_series(1, 2) AS k;
INSERT INTO leads_agent_assignment (partner_id, agent_id, company_id, state, source, assigned_at, ended_at, end_reason,
                                    visible_until, is_sale, create_uid, create_date)
SELECT h.partner_id, (%(agents)s::int[])[shape], 1, 'resolved', 'batch', b.now - interval '2 days', b.now, 'resolved',
       b.now + interval '10 years', 0, 2, b.now
  FROM bench_base b, generate_series(1, 6) AS shape,
       LATERAL (
           (SELECT partner_id FROM bench_holder WHERE agent_id IS NULL ORDER BY draw OFFSET 10 * shape LIMIT 10)
           UNION ALL
           (SELECT partner_id FROM bench_holder WHERE shape = 6 AND agent_id = (%(agents)s::int[])[7] ORDER BY draw LIMIT 2)
       ) AS h;
INSERT INTO leads_agent_assignment (partner_id, agent_id, company_id, state, source, reason, assigned_at, assigned_by_id,
                                    is_sale, order_id, last_event_at, create_uid, create_date)
SELECT h.partner_id, h.agent_id, 1, 'active', 'batch', 'Benchmark', b.now - h.draw %% 60 * interval '1 day', 2, 0,
       o.id, b.now - h.draw %% 60 * interval '1 day', 2, b.now
  FROM bench_base b, bench_holder h
  LEFT JOIN LATERAL (SELECT id FROM sale_order WHERE leads_commercial_partner_id = h.partner_id
                      ORDER BY date_order DESC, id DESC LIMIT 1) AS o ON TRUE
 WHERE h.agent_id IS NOT NULL;

-- Who held the free customers last
UPDATE sale_order o SET leads_last_agent_id = a.agent_id
  FROM (SELECT DISTINCT ON (partner_id) partner_id, agent_id FROM leads_agent_assignment ORDER BY partner_id, assigned_at DESC) a
 WHERE o.leads_commercial_partner_id = a.partner_id;

SELECT setval(pg_get_serial_sequence(t, 'id'), (SELECT max(id) FROM res_partner)) FROM (VALUES ('res_partner')) AS v (t);
SELECT setval(pg_get_serial_sequence(t, 'id'), (SELECT max(id) FROM sale_order)) FROM (VALUES ('sale_order')) AS v (t);
