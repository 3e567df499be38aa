// SPDX-License-Identifier: Apache-2.0
#include "ashlar/api/listing.hpp"
#include "ashlar/api/stream.hpp"
#include "ashlar/ashlar.hpp"
#include "ashlar/async/deadline.hpp"
#include "ashlar/async/task_scope.hpp"
#include "ashlar/auth/password.hpp"
#include "ashlar/auth/revocations.hpp"
#include "ashlar/config/environment.hpp"
#include "ashlar/sql/migrations.hpp"
#include "ashlar/sql/open.hpp"
#include "ashlar/web/upload.hpp"

#include <csignal>
#include <cstdio>

using namespace ashlar;
using namespace std::chrono_literals;
using sql::col;
namespace todo {
std::span<const sql::Migration> migrations(sql::Dialect dialect);  // made by CMake from migrations/
}

struct Account {
  Uuid id;
  Email email;
  std::string email_key;  // unique, whatever the spelling
  std::string password_hash;
};
ASHLAR_DESCRIBE(Account, id, email, email_key, password_hash)
ASHLAR_TABLE(Account, "accounts")
struct Item {
  Uuid id;
  Uuid account_id;
  Line<1, 200> title;
  bool done = false;
  bool overdue = false;
  std::optional<Timestamp> due_at;
  std::optional<std::string> attachment;  // a file in the folder of uploads
  Timestamp created_at;
};
ASHLAR_DESCRIBE(Item, id, account_id, title, done, overdue, due_at, attachment, created_at)
ASHLAR_TABLE(Item, "items")

constexpr ErrorCode email_taken{ErrorKind::conflict, "account.email_taken"};
constexpr ErrorCode wrong_password{ErrorKind::unauthenticated, "account.wrong_password"};
constexpr ErrorCode item_not_found{ErrorKind::not_found, "item.not_found"};
struct Services {  // outlive the server
  sql::Database& database;
  auth::PasswordHasher& passwords;
  auth::Tokens& tokens;
  std::filesystem::path uploads;
};

struct Credentials {
  Email email;
  Secret<Text<8, 128>> password;
};
ASHLAR_DESCRIBE(Credentials, email, password)
struct SignedIn {
  std::string access_token;
};
ASHLAR_DESCRIBE(SignedIn, access_token)
SignedIn issue_token(const Uuid& account, Services& services) {
  return {services.tokens.issue_access({account, {}, {}, {}, {}, {}, {}}).token};
}

Task<Result<Created<SignedIn>>> sign_up(Call& call, Credentials in, Services& services) {
  auto hash = co_await unwrap(services.passwords.hash(in.password.reveal().str()));
  const Account account{call.new_id(), in.email, in.email.key(), std::move(hash)};
  const auto made = co_await unwrap(
      sql::insert_into<Account>(account).on_conflict<&Account::email_key>().do_nothing().run(services.database));
  if (made.rows_affected == 0) co_return fail(email_taken, "This address is taken.");
  co_return Created{issue_token(account.id, services)};
}

Task<Result<SignedIn>> sign_in(Call&, Credentials in, Services& services) {
  const auto account = co_await unwrap(sql::find<&Account::email_key>(in.email.key()).one(services.database));
  const std::string hash = account ? account->password_hash : "";  // checking "" takes as long, and fails
  if (!co_await unwrap(services.passwords.verify(in.password.reveal().str(), hash)))
    co_return fail(wrong_password, "The e-mail address or the password is wrong.");
  co_return issue_token(account->id, services);
}

struct ListItems {
  std::optional<bool> done{};
  api::PageNumber page{};
  api::PageLimit limit{};
};
ASHLAR_DESCRIBE(ListItems, done, page, limit)
Task<Result<Page<Item>>> list_items(UserCall& call, ListItems in, Services& services) {
  auto items = co_await unwrap(sql::from<Item>()
                                   .where(col<&Item::account_id> == call.user().id)
                                   .where_if(in.done, [](bool done) { return col<&Item::done> == done; })
                                   .order_by(sql::desc<&Item::created_at>, sql::asc<&Item::id>)
                                   .page(in.page, in.limit)
                                   .all_and_count(services.database));
  co_return api::page_of(std::move(items), in.page, in.limit);
}

struct NewItem {
  Line<1, 200> title;
  std::optional<Timestamp> due_at{};
};
ASHLAR_DESCRIBE(NewItem, title, due_at)
Task<Result<Created<Item>>> add_item(UserCall& call, NewItem in, Services& services) {
  Item item{call.new_id(), call.user().id, in.title, false, false, in.due_at, std::nullopt, call.now()};
  co_await unwrap(sql::insert(item).run(services.database));
  co_return Created{std::move(item)};
}

struct FinishItem {
  Uuid id;
  std::optional<Upload<2_MiB, "image/png", "application/pdf">> proof;
};
ASHLAR_DESCRIBE(FinishItem, id, proof)
Task<Result<Item>> finish_item(UserCall& call, FinishItem in, Services& services) {
  const auto file = in.proof ? std::optional(call.new_id().to_string()) : std::nullopt;
  auto item = co_await unwrap(sql::update<Item>()
                                  .set(col<&Item::done> = true, col<&Item::attachment> = file)
                                  .where(col<&Item::id> == in.id && col<&Item::account_id> == call.user().id)
                                  .returning_one(services.database));
  if (!item) co_return fail(item_not_found, "There is no such item.");
  if (file) co_await unwrap(in.proof->keep_as(services.uploads / *file));
  co_return *std::move(item);
}

struct OverdueItems {
  std::int64_t count = 0;
};
ASHLAR_DESCRIBE(OverdueItems, count)
// Sends the number when it changes. It looks twice a second, so that instances need not signal each other.
Task<Result<>> send_overdue(api::EventWriter<OverdueItems>& out, Uuid account, sql::Database& database) {
  for (std::int64_t sent = -1;; co_await async::sleep_for(500ms)) {
    const auto mine = col<&Item::account_id> == account && col<&Item::done> == false;
    const auto count = co_await unwrap(sql::from<Item>().where(mine && col<&Item::overdue> == true).count(database));
    if (count != sent) co_await unwrap(out.send({.count = sent = count}, {.event = "overdue"}));
  }
}
Result<api::EventStream<OverdueItems>> watch_overdue(UserCall& call, Services& services) {
  return api::EventStream<OverdueItems>::from(send_overdue, call.user().id, services.database);
}

// Once a second, until it is cancelled.
Task<> mark_overdue_items(sql::Database& database, const Clock& clock, Logger& log) {
  for (;; co_await async::sleep_for(1s)) {
    const auto marked = co_await sql::update<Item>()
                            .set(col<&Item::overdue> = true)
                            .where(col<&Item::due_at> <= clock.now() && col<&Item::overdue> == false)
                            .run(database);
    if (!marked) log.warn("overdue items cannot be marked", {{"cause", marked.error().cause()}});
  }
}

int main() {
  int signal = 0;
  sigset_t stop;  // blocked before threads start, so that only sigwait() receives it
  sigemptyset(&stop);
  sigaddset(&stop, SIGINT);
  sigaddset(&stop, SIGTERM);
  pthread_sigmask(SIG_BLOCK, &stop, nullptr);
  auto env = config::Environment::of_process(".env");
  const auto url = env.text("DATABASE_URL", "sqlite:todo.db");
  const auto port = env.port("PORT", 3000);
  const auto secret = env.secret("TOKEN_SECRET", {.bytes_min = 32, .need = config::Need::required});
  if (!env.faults().empty()) return std::fputs(env.report().c_str(), stderr), config::exit_code_config;
  SystemClock clock;
  SystemRandom random;
  Logger log({}, clock);
  const auto database = sql::open_database(url);
  if (!database) return log.error(database.error().message()), 1;
  const auto made = sql::Migrator(**database, todo::migrations((*database)->dialect()), clock).up();
  if (!made) return log.error(made.error().message()), 1;
  async::BlockingPool pool({.name = "hashing"});
  auth::PasswordHasher passwords(pool, random);
  auth::MemoryRevocations revocations(clock);
  auth::Tokens tokens({.access_secret = *secret, .refresh_secret = "unused: " + *secret}, clock, random, revocations);
  Services services{**database, passwords, tokens, env.text("UPLOADS", "uploads")};
  std::filesystem::create_directories(services.uploads);
  Routes routes;
  routes.post("/accounts", sign_up, services).open().limit(5, 1min);
  routes.post("/sign-in", sign_in, services).open().limit(10, 1min);
  routes.get("/items", list_items, services).signed_in();
  routes.post("/items", add_item, services).signed_in();
  routes.post("/items/{id}/finish", finish_item, services).signed_in().body_bytes_max(2_MiB + 64_KiB);
  routes.get("/items/overdue", watch_overdue, services).signed_in();
  mount_docs(routes, DocsPage::yes);
  App app({.title = "To do"}, {&clock, &random, &log}, &tokens, std::move(routes));
  Server server({.port = port}, app);
  async::TaskScope background(server.loop(0));
  background.start(mark_overdue_items(**database, clock, log));
  server.start();
  log.info("listening", {{"port", server.port()}});
  sigwait(&stop, &signal);
  server.stop(10s);  // joins the threads of the loops
  background.cancel();
  async::run_to_end(server.loop(0), background.join());
  (*database)->close();
  return 0;
}
