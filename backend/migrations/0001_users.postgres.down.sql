-- SPDX-License-Identifier: Apache-2.0
drop view accounts;
drop table user_permissions;
drop table users;
drop table role_permissions;
drop table roles;
drop table permissions;
