-- SPDX-License-Identifier: Apache-2.0
-- Accounts lose their second factor with it.
drop table mfa_challenges;
drop table mfa_recovery_codes;
drop table mfa_secrets;
update users set mfa_enabled = false where mfa_enabled;
