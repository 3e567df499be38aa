-- SPDX-License-Identifier: Apache-2.0
drop table items;
drop table accounts;
