-- SPDX-License-Identifier: Apache-2.0
create table first (id integer primary key, "semi;colon" text); -- a [list]; of things
create index first_semi on first ("semi;colon");
