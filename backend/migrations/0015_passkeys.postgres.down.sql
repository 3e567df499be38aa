-- SPDX-License-Identifier: Apache-2.0
drop table passkey_challenges;
drop table passkeys;
