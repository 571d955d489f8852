INSERT INTO forms (version, name, digest, min_binary) VALUES
    (1, 'first', X'E20FBE6CB12B7E1F6019EAFF47FE0CC47AD5EA3E200D9213C51F99C0E63CBE84', 1),
    (2, 'personal_and_refusals', X'BF5E31A5AD04D1631632886CB94B24824BCABD6AD5F0ADC1B842A2A113B48D91', 2),
    (3, 'passes', X'5EF59E82A52E7C64774D633EA46D229908CBDCC75215F279B32634D3822ED294', 2),
    (4, 'credentials', X'495A209102CD6FD254010F92653C9E929751DC4341291E744D374310B1FD0970', 2),
    (5, 'webhooks', X'745FE6EBD568BF7E58D1D9A7059E23178784D508A1A4FCD805DC9318D153014F', 2),
    (6, 'views', X'E2E7A5DC93358C6EF170EFC8C8A00A1C767182E11734B6B125BE674CFAB56003', 2),
    (7, 'remarks', X'AE0E4070498AE1A18C64F5D8D39E37A3F95CA90A1FAFF26C5619A3F86404A1FF', 2),
    (8, 'notices', X'86B89D574E43D6CBB97396C92C208881864359A367371316974CB692B7E5C8A9', 2);
INSERT INTO network (only, id, epoch) VALUES
    (1, X'00000000000000000000000000000001', 1);
INSERT INTO streams (number, kind, id) VALUES
    (1, 5, X'00000000000000000000000000000001'),
    (2, 1, X'00000000000000000000000000000001'),
    (3, 2, X'00000000000000000000000000000008'),
    (4, 3, X'00000000000000000000000000000007'),
    (5, 4, X'00000000000000000000000000000009'),
    (6, 5, X'00000000000000000000000000000002'),
    (7, 5, X'00000000000000000000000000000003');
INSERT INTO principals (number, name) VALUES
    (1, 'ann'),
    (2, 'ben');
INSERT INTO assets (number, code, scale) VALUES
    (1, 'PRACTICE', 2),
    (2, 'EUR', 2);
INSERT INTO events (position, stream, version, body) VALUES
    (1, 1, 1, '{"stream":"tsk_00000000000000000000000001","version":"1"}'),
    (2, 1, 2, '{"stream":"tsk_00000000000000000000000001","version":"2"}'),
    (3, 1, 3, '{"stream":"tsk_00000000000000000000000001","version":"3"}'),
    (4, 2, 1, '{"stream":"net_00000000000000000000000001","version":"1"}'),
    (5, 3, 1, '{"stream":"org_00000000000000000000000008","version":"1"}'),
    (6, 4, 1, '{"stream":"ctr_00000000000000000000000007","version":"1"}'),
    (7, 4, 2, '{"stream":"ctr_00000000000000000000000007","version":"2"}'),
    (8, 5, 1, '{"stream":"out_00000000000000000000000009","version":"1"}'),
    (9, 6, 1, '{"stream":"tsk_00000000000000000000000002","version":"1"}'),
    (10, 6, 2, '{"stream":"tsk_00000000000000000000000002","version":"2"}'),
    (11, 7, 1, '{"stream":"tsk_00000000000000000000000003","version":"1"}'),
    (12, 6, 3, '{"stream":"tsk_00000000000000000000000002","version":"3"}'),
    (13, 4, 3, '{"stream":"ctr_00000000000000000000000007","version":"3"}');
INSERT INTO log (only, size, frontier, root, messages) VALUES
    (1, 13, X'450960B92CE29EC4C33DDA606C5A84690BD441729F7E348B211B46FD349715606C1775D6115DF9223DA5015204641426E0AD1DF90015B1E26501FC945BEA89EE21BD67B8BE39740EB91DE7F5BFF80EECF6AFC6489CA5B173022620055742F0D6', X'1B28A87BE6045C1018A2D5F8AA63E4162002FCB5CEBF7E8D120CEA13EDDF6BE1', 2);
INSERT INTO states (stream, kind, id, version, fence, recorded_at, parent, status, form, body) VALUES
    (1, 5, X'00000000000000000000000000000001', 3, 2, 1, 5, 'accepted', 1, '{"version":"3"}'),
    (2, 1, X'00000000000000000000000000000001', 1, 0, 1, NULL, 'ready', 1, '{"version":"1"}'),
    (3, 2, X'00000000000000000000000000000008', 1, 0, 1, NULL, 'ready', 1, '{"version":"1"}'),
    (4, 3, X'00000000000000000000000000000007', 3, 0, 1, NULL, 'ready', 1, '{"version":"3"}'),
    (5, 4, X'00000000000000000000000000000009', 1, 0, 1, NULL, 'ready', 1, '{"objective":"Größer als ''x'' \\ \u0007"}'),
    (6, 5, X'00000000000000000000000000000002', 3, 0, 1, NULL, 'ready', 1, '{"version":"3"}'),
    (7, 5, X'00000000000000000000000000000003', 1, 0, 1, NULL, 'ready', 1, '{"version":"1"}');
INSERT INTO receipts (command, principal, digest, stream, first_version, events, at) VALUES
    (X'00000000000000000000000000000001', 1, X'7C3CCD10BB7EC37B46D37926AE6274267F007A34AEAF15C882A715A7F3300529', 1, 1, 1, 5),
    (X'00000000000000000000000000000002', 2, X'692865C9A376A1A82D161B0F9578595554873797FA9EBBB068B797828122E61D', 1, 1, 1, 5),
    (X'00000000000000000000000000000003', 1, X'8B1AE42FC4B17726106D647DE9F43A6F33BF1DF273310924B03E789769904C9C', 6, 1, 1, 5);
INSERT INTO leases (task, number, holder, deadline) VALUES
    (1, 1, 4, NULL),
    (6, 2, 4, 120);
INSERT INTO timers (stream_kind, id, kind, number, due_at) VALUES
    (5, X'00000000000000000000000000000001', 3, 1, 90),
    (5, X'00000000000000000000000000000002', 2, 2, 120),
    (5, X'00000000000000000000000000000002', 4, 0, 500),
    (5, X'00000000000000000000000000000003', 1, 1, 70);
INSERT INTO acceptances (task, lease, submission, approver, in_advance, at) VALUES
    (1, 1, X'D186FAB5E5B4DAC3443BCB3D48D7576AB1B3EEA4F467FD6075AB1951CB6E8F05', 4, 0, 6);
INSERT INTO transfers (position, stream, version, line, at, amount, asset, from_role, from_owner, to_role, to_owner, purpose, outcome, task) VALUES
    (1, 1, 1, 0, 6, 100, 1, 1, 0, 2, 3, 1, 5, 1),
    (2, 1, 1, 1, 6, 90, 1, 2, 3, 3, 5, 2, 5, 1),
    (3, 1, 1, 2, 6, 60, 1, 3, 5, 4, 1, 3, 5, 1),
    (4, 1, 3, 0, 6, 48, 1, 4, 1, 5, 4, 5, 5, 1),
    (5, 1, 3, 1, 6, 10, 1, 4, 1, 6, 0, 6, 5, 1),
    (6, 1, 3, 2, 6, 2, 1, 4, 1, 7, 0, 7, 5, 1),
    (7, 6, 1, 0, 6, 20, 1, 3, 5, 4, 6, 3, 5, 6),
    (8, 6, 2, 0, 6, 9223372036854775807, 2, 1, 0, 2, 3, 1, NULL, NULL);
INSERT INTO balances (role, owner, asset, balance, moved) VALUES
    (2, 3, 1, 10, 2),
    (2, 3, 2, 9223372036854775807, 8),
    (3, 5, 1, 10, 7),
    (4, 6, 1, 20, 7);
INSERT INTO reactions (position, id, body) VALUES
    (2, X'0000000000000000000000000000000A', '{"unblock":true}');
INSERT INTO outbox (position, stream, version, topic) VALUES
    (2, 1, 3, 'task.accepted');
INSERT INTO checkpoints (size, root, frontier, note) VALUES
    (11, X'E19CCDCAC5689EF735B2D9410BE7AC3383E5901D3A5853B707EF524C6289AA9E', X'450960B92CE29EC4C33DDA606C5A84690BD441729F7E348B211B46FD3497156046BB3660EC2782B66127C6332CC2D8F8A3506A5F147C1AAB0ADCA5FE9144CA65137A7EF5F71C1E9E79895C899734894E6F9397401A0C2430A61E6E0ECEEBA218', 'signed by somebody

— they');
INSERT INTO personal (stream_kind, id, field, salt, value) VALUES
    (3, X'00000000000000000000000000000007', 'name', X'63479AD69A090B258277EC8FBA6F99419A2FFB248981510657C944CCD1148E97', 'Ada O''Neill, Łódź');
INSERT INTO refusals (position, id, at, why, body) VALUES
    (1, X'0000000000000000000000000000000B', 3, 'too_late', '{}');
INSERT INTO passes (secret, kind, contributor, label, created, used, expires, leads_to, proved) VALUES
    (X'56399454AB842FC9D07D85C34F30B36CE91371DD30E21776EE610998B7473D0F', 3, X'00000000000000000000000000000007', 'a token', 1, 2, 9000, NULL, NULL),
    (X'C88C533EB35890F7DEA8F9C293E90C62B588B1FE623D0996A88A8F25D90DA999', 2, X'00000000000000000000000000000007', 'a browser', 3, 5, 9000, '/today', 4);
INSERT INTO credentials (kind, name, contributor, label, data, created, used) VALUES
    (1, 'a key', X'00000000000000000000000000000007', 'my laptop', 'what it is checked against', 1, 3),
    (2, 'issuer and subject', X'00000000000000000000000000000007', 'my laptop', 'what it is checked against', 1, 3),
    (3, 'person', X'00000000000000000000000000000007', 'my laptop', 'what it is checked against', 1, 3);
INSERT INTO webhooks (id, owner, address, wanted, secret, former_secret, former_until, created, ended, ended_why, looked, epoch, version) VALUES
    (X'00000000000000000000000000000005', X'00000000000000000000000000000007', 'https://receiver.example/', 'task.accepted outcome.*', 'whsec_new', 'whsec_old', 50, 10, NULL, NULL, 3, 1, 2);
INSERT INTO deliveries (webhook, position, attempts, due, tried, answer, has_arrived) VALUES
    (X'00000000000000000000000000000005', 1, 1, NULL, 21, '200', 1),
    (X'00000000000000000000000000000005', 2, 0, 20, NULL, NULL, 0);
INSERT INTO views (stream_kind, id, list, name, query, is_usual, saved) VALUES
    (2, X'00000000000000000000000000000008', '/tasks', 'Late', 'state=running&risk=high', 0, 4),
    (3, X'00000000000000000000000000000007', '/tasks', 'Late', 'state=running&risk=high', 1, 4);
INSERT INTO remarks (outcome, id, said_by, at, text, changed, ended) VALUES
    (X'00000000000000000000000000000009', X'00000000000000000000000000000015', X'00000000000000000000000000000011', 5, 'What about it?
Ada?', 6, NULL),
    (X'00000000000000000000000000000009', X'00000000000000000000000000000016', X'00000000000000000000000000000011', 5, '', NULL, 7);
INSERT INTO unread (outcome, id, reader) VALUES
    (X'00000000000000000000000000000009', X'00000000000000000000000000000015', X'00000000000000000000000000000007');
INSERT INTO addressees (who, wishes, is_told, epoch, version) VALUES
    (X'00000000000000000000000000000007', '{"zone":"Europe/Berlin"}', 1, 1, 1);
INSERT INTO notices (addressee, channel, key, noted, attempts, due, tried, answer, has_arrived) VALUES
    (X'00000000000000000000000000000007', 'chat', 'task.review', 10, 0, 40, NULL, NULL, 0),
    (X'00000000000000000000000000000007', 'mail', 'task.review', 10, 1, NULL, 21, '250 OK', 1);
INSERT INTO notices_looked (only_one, position, epoch, version) VALUES
    (1, 3, 1, 1);
