-- SPDX-License-Identifier: Apache-2.0
drop table mail_suppressions;
drop table mail_preferences;
drop table notification_preferences;
drop table notifications;
