-- SPDX-License-Identifier: Apache-2.0
-- The number is reserved: the migration of the audit trail takes its place.
select 1;
