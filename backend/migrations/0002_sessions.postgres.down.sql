-- SPDX-License-Identifier: Apache-2.0
drop table revoked_sessions;
drop table sessions;
