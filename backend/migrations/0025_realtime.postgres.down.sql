-- SPDX-License-Identifier: Apache-2.0
drop table realtime_tickets;
drop table realtime_epochs;
