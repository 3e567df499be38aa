// SPDX-License-Identifier: Apache-2.0
#include "cli/generated_names.hpp"

#include "ashlar/core/ascii.hpp"
#include "cli/command_context.hpp"

#include <algorithm>
#include <array>

namespace ashlar::cli {
namespace {

constexpr std::size_t project_characters_max = 30;
constexpr std::size_t name_characters_max = 24;
constexpr std::size_t line_characters_max = 120;

// Keywords of C++, and what generated files declare or use in the project's namespace.
constexpr auto words_of_cpp = std::to_array<std::string_view>(
    {"alignas",       "alignof",      "and",       "and_eq",       "asm",       "auto",
     "bitand",        "bitor",        "bool",      "break",        "case",      "catch",
     "char",          "char8_t",      "char16_t",  "char32_t",     "class",     "compl",
     "concept",       "const",        "consteval", "constexpr",    "constinit", "const_cast",
     "continue",      "co_await",     "co_return", "co_yield",     "decltype",  "default",
     "delete",        "do",           "double",    "dynamic_cast", "else",      "enum",
     "explicit",      "export",       "extern",    "false",        "final",     "float",
     "for",           "friend",       "goto",      "if",           "inline",    "int",
     "long",          "main",         "mutable",   "namespace",    "new",       "noexcept",
     "not",           "not_eq",       "nullptr",   "operator",     "or",        "or_eq",
     "override",      "private",      "protected", "public",       "register",  "reinterpret_cast",
     "requires",      "return",       "short",     "signed",       "sizeof",    "static",
     "static_assert", "static_cast",  "std",       "struct",       "switch",    "template",
     "this",          "thread_local", "throw",     "true",         "try",       "typedef",
     "typeid",        "typename",     "union",     "unsigned",     "using",     "virtual",
     "void",          "volatile",     "wchar_t",   "while",        "xor",       "xor_eq"});
constexpr auto words_of_sql = std::to_array<std::string_view>({"add",
                                                               "all",
                                                               "alter",
                                                               "analyse",
                                                               "analyze",
                                                               "any",
                                                               "array",
                                                               "as",
                                                               "asc",
                                                               "asymmetric",
                                                               "authorization",
                                                               "autoincrement",
                                                               "between",
                                                               "binary",
                                                               "both",
                                                               "cast",
                                                               "check",
                                                               "collate",
                                                               "collation",
                                                               "column",
                                                               "commit",
                                                               "concurrently",
                                                               "constraint",
                                                               "create",
                                                               "cross",
                                                               "current_catalog",
                                                               "current_date",
                                                               "current_role",
                                                               "current_schema",
                                                               "current_time",
                                                               "current_timestamp",
                                                               "current_user",
                                                               "deferrable",
                                                               "desc",
                                                               "distinct",
                                                               "drop",
                                                               "end",
                                                               "escape",
                                                               "except",
                                                               "exists",
                                                               "fetch",
                                                               "foreign",
                                                               "freeze",
                                                               "from",
                                                               "full",
                                                               "grant",
                                                               "group",
                                                               "having",
                                                               "ilike",
                                                               "in",
                                                               "index",
                                                               "initially",
                                                               "inner",
                                                               "insert",
                                                               "intersect",
                                                               "into",
                                                               "is",
                                                               "isnull",
                                                               "join",
                                                               "lateral",
                                                               "leading",
                                                               "left",
                                                               "like",
                                                               "limit",
                                                               "localtime",
                                                               "localtimestamp",
                                                               "natural",
                                                               "nothing",
                                                               "notnull",
                                                               "null",
                                                               "offset",
                                                               "on",
                                                               "only",
                                                               "order",
                                                               "outer",
                                                               "overlaps",
                                                               "placing",
                                                               "primary",
                                                               "references",
                                                               "returning",
                                                               "right",
                                                               "select",
                                                               "session_user",
                                                               "set",
                                                               "similar",
                                                               "some",
                                                               "symmetric",
                                                               "table",
                                                               "tablesample",
                                                               "then",
                                                               "to",
                                                               "trailing",
                                                               "transaction",
                                                               "unique",
                                                               "update",
                                                               "user",
                                                               "values",
                                                               "variadic",
                                                               "verbose",
                                                               "view",
                                                               "when",
                                                               "where",
                                                               "window",
                                                               "with"});
constexpr auto words_of_library = std::to_array<std::string_view>({"accepted",
                                                                   "api",
                                                                   "app",
                                                                   "app_options",
                                                                   "application",
                                                                   "array",
                                                                   "ashlar",
                                                                   "async",
                                                                   "audit",
                                                                   "auth",
                                                                   "bare",
                                                                   "boost",
                                                                   "cache",
                                                                   "call",
                                                                   "clock",
                                                                   "config",
                                                                   "core",
                                                                   "created",
                                                                   "created_at",
                                                                   "csp",
                                                                   "defaulted",
                                                                   "docs_page",
                                                                   "email",
                                                                   "enqueuer",
                                                                   "environment",
                                                                   "error",
                                                                   "error_code",
                                                                   "error_kind",
                                                                   "events",
                                                                   "exports",
                                                                   "fail",
                                                                   "graphql",
                                                                   "grpc",
                                                                   "http",
                                                                   "id",
                                                                   "idempotency_key",
                                                                   "instances",
                                                                   "int",
                                                                   "job",
                                                                   "job_call",
                                                                   "job_key",
                                                                   "job_queue",
                                                                   "job_schedule",
                                                                   "job_step",
                                                                   "job_worker",
                                                                   "jobs",
                                                                   "line",
                                                                   "log",
                                                                   "log_options",
                                                                   "logger",
                                                                   "mail",
                                                                   "manual_clock",
                                                                   "mcp",
                                                                   "migrations",
                                                                   "money",
                                                                   "mount",
                                                                   "mount_docs",
                                                                   "mount_metrics",
                                                                   "nullable",
                                                                   "observe",
                                                                   "oidc",
                                                                   "page",
                                                                   "password",
                                                                   "payments",
                                                                   "principal",
                                                                   "queue",
                                                                   "random",
                                                                   "rate_limit",
                                                                   "realtime",
                                                                   "redis",
                                                                   "refinement",
                                                                   "result",
                                                                   "routes",
                                                                   "schema",
                                                                   "schema_migration",
                                                                   "secret",
                                                                   "seeded_random",
                                                                   "server",
                                                                   "server_options",
                                                                   "service",
                                                                   "services",
                                                                   "sql",
                                                                   "sqlite_sequence",
                                                                   "system_clock",
                                                                   "system_random",
                                                                   "task",
                                                                   "test",
                                                                   "test_app",
                                                                   "testing",
                                                                   "tests",
                                                                   "text",
                                                                   "timestamp",
                                                                   "unit_of_work",
                                                                   "units",
                                                                   "unwrap",
                                                                   "upload",
                                                                   "url",
                                                                   "user_call",
                                                                   "uuid",
                                                                   "web",
                                                                   "webhooks",
                                                                   "worker"});

template <std::size_t size>
bool contains(const std::array<std::string_view, size>& words, std::string_view word) {
  return std::ranges::find(words, word) != words.end();
}

[[noreturn]] void refuse_name(std::string_view kind, std::string_view name, const std::string& reason) {
  throw ExitError(exit_usage, "The name of " + std::string(kind) + " " + reason + ", and \"" +
                                  std::string(name.substr(0, 100)) + "\" is not such a name. Nothing was written.");
}

bool holds_only(std::string_view name, std::string_view more) {
  return !name.empty() && name[0] >= 'a' && name[0] <= 'z' && std::ranges::all_of(name, [&](char each) {
    return (each >= 'a' && each <= 'z') || (each >= '0' && each <= '9') || more.contains(each);
  });
}

}  // namespace

void check_project_name(std::string_view name) {
  if (!holds_only(name, "-_") || name.size() > project_characters_max)
    refuse_name("a project", name, "has 1 to 30 characters of a-z, 0-9, - and _, and begins with a letter");
  if (const std::string as_namespace = namespace_of(name);
      contains(words_of_cpp, as_namespace) || contains(words_of_library, as_namespace) || as_namespace == "all" ||
      as_namespace == "help" || as_namespace == "install")
    refuse_name("a project", name, "is no word of C++, CMake or the library");
}

void check_name(std::string_view kind, std::string_view name) {
  if (!holds_only(name, "_") || name.size() > name_characters_max || name.contains("__") || name.ends_with('_'))
    refuse_name(kind, name, "has 1 to 24 characters of a-z, 0-9 and single _, and begins with a letter");
  if (contains(words_of_cpp, name)) refuse_name(kind, name, "is no keyword of C++");
  if (contains(words_of_sql, name)) refuse_name(kind, name, "is no keyword of SQL");
  if (contains(words_of_library, name)) refuse_name(kind, name, "is none that generated code or the library uses");
}

void check_entity_name(std::string_view name) {
  check_name("an entity", name);
  if (contains(words_of_sql, plural_of(name))) refuse_name("an entity", name, "has no keyword of SQL as its plural");
}

std::string namespace_of(std::string_view project) { return with(project, '_'); }

std::string with(std::string_view name, char separator) {
  std::string out(name);
  std::ranges::replace(out, '-', separator);
  std::ranges::replace(out, '_', separator);
  return out;
}

std::string json_name_of(std::string_view name) {
  std::string out;
  bool upper = false;
  for (const char each : name) {
    if (each == '_') {
      upper = true;
      continue;
    }
    out += upper && each >= 'a' && each <= 'z' ? static_cast<char>(each - 'a' + 'A') : each;
    upper = false;
  }
  return out;
}

std::string type_name_of(std::string_view name) {
  std::string out = json_name_of(name);
  out[0] = static_cast<char>(out[0] - 'a' + 'A');
  return out;
}

std::string plural_of(std::string_view name) {
  const std::string word(name);
  const auto ends = [&](std::string_view end) { return name.ends_with(end); };
  const bool after_vowel = name.size() > 1 && std::string_view("aeiou").contains(name[name.size() - 2]);
  if (ends("y") && !after_vowel) return word.substr(0, word.size() - 1) + "ies";
  if (ends("s") || ends("x") || ends("z") || ends("ch") || ends("sh")) return word + "es";
  return word + "s";
}

std::string wrapped(std::string head, const std::vector<std::string>& arguments, std::string_view end) {
  const std::size_t indent = head.size();
  std::size_t column = indent;
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    const bool last = i + 1 == arguments.size();
    const std::size_t needs = arguments[i].size() + (last ? end.size() : 1);
    if (i > 0 && column + 1 + needs > line_characters_max) {
      head += "\n" + std::string(indent, ' ');
      column = indent;
    } else if (i > 0) {
      head += ' ';
      ++column;
    }
    head += arguments[i] + (last ? "" : ",");
    column += arguments[i].size() + (last ? 0 : 1);
  }
  return head.append(end);
}

}  // namespace ashlar::cli
