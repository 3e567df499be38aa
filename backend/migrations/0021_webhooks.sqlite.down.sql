-- SPDX-License-Identifier: Apache-2.0
delete from permissions where name = 'manage:webhook';
drop table webhook_deliveries;
drop table webhook_endpoints;
