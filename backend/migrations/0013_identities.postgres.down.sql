-- SPDX-License-Identifier: Apache-2.0
drop table used_oauth_flows;
drop table identities;
