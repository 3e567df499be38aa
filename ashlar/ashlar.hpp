// SPDX-License-Identifier: Apache-2.0
#pragma once

// The one header for who writes a backend: operations, routes, constraint types, the app, the server, and what main()
// builds them of. Everything else (SQL, passwords, configuration) is included by its own header.
#include "ashlar/api/operation.hpp"
#include "ashlar/auth/token.hpp"
#include "ashlar/core/clock.hpp"
#include "ashlar/core/error.hpp"
#include "ashlar/core/random.hpp"
#include "ashlar/core/timestamp.hpp"
#include "ashlar/core/uuid.hpp"
#include "ashlar/http/server.hpp"
#include "ashlar/log/logger.hpp"
#include "ashlar/schema/constraints.hpp"
#include "ashlar/schema/describe.hpp"
#include "ashlar/web/app.hpp"
#include "ashlar/web/routes.hpp"

namespace ashlar {

using api::Accepted;
using api::Bare;
using api::Call;
using api::Created;
using api::Page;
using api::RateLimit;
using api::UserCall;
using api::WithCredentials;
using auth::Principal;
using http::Server;
using http::ServerOptions;
using log::Logger;
using log::LogOptions;
using schema::Refinement;
using web::App;
using web::AppOptions;
namespace csp = web::csp;
using web::ContentSecurityPolicy;
using web::DocsPage;
using web::mount_docs;
using web::mount_metrics;
using web::Routes;
using web::SecurityHeaders;

}  // namespace ashlar
