INSERT INTO forms (version, name, digest, min_binary) VALUES
    (1, 'first', X'E20FBE6CB12B7E1F6019EAFF47FE0CC47AD5EA3E200D9213C51F99C0E63CBE84', 1);
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
    (12, 6, 3, '{"stream":"tsk_00000000000000000000000002","version":"3"}');
INSERT INTO log (only, size, frontier, root, messages) VALUES
    (1, 12, X'450960B92CE29EC4C33DDA606C5A84690BD441729F7E348B211B46FD349715606C1775D6115DF9223DA5015204641426E0AD1DF90015B1E26501FC945BEA89EE', X'E5319B732A135FF3C7553E3CE719F5F5F34D255B87246E4D469ABCBC67ECB542', 2);
INSERT INTO states (stream, kind, id, version, fence, recorded_at, parent, status, form, body) VALUES
    (1, 5, X'00000000000000000000000000000001', 3, 2, 1, 5, 'accepted', 1, '{"version":"3"}'),
    (2, 1, X'00000000000000000000000000000001', 1, 0, 1, NULL, 'ready', 1, '{"version":"1"}'),
    (3, 2, X'00000000000000000000000000000008', 1, 0, 1, NULL, 'ready', 1, '{"version":"1"}'),
    (4, 3, X'00000000000000000000000000000007', 2, 0, 1, NULL, 'ready', 1, '{"version":"2"}'),
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
