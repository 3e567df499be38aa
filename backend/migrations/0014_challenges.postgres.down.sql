-- SPDX-License-Identifier: Apache-2.0
drop table challenges;
