// SPDX-License-Identifier: Apache-2.0
#include "cli/command_context.hpp"
#include "cli/commands.hpp"
#include "cli/generated_names.hpp"
#include "cli/templates.hpp"

#include <algorithm>
#include <array>
#include <cstdio>
#include <fstream>
#include <iterator>
#include <set>

namespace ashlar::cli {

namespace fs = std::filesystem;

namespace {

constexpr std::string_view marker = "  // `ashlar generate` adds lines here.\n";
constexpr std::int64_t migrations_max = 9999;

struct FieldType {
  std::string_view name, cpp, sqlite, postgres, example;
};
constexpr auto field_types = std::to_array<FieldType>({
    {"text", "Line<1, 200>", "text", "text", R"("Some text")"},
    {"prose", "Text<0, 10'000>", "text", "text", R"("More text")"},
    {"int", "std::int64_t", "integer", "bigint", "7"},
    {"bool", "bool", "integer", "boolean", "true"},
    {"money", "Money", "integer", "bigint", R"("12.50")"},
    {"email", "Email", "text", "text", R"("ada@example.com")"},
    {"time", "Timestamp", "integer", "timestamptz", R"("2026-01-02T03:04:05.000Z")"},
    {"uuid", "Uuid", "text", "uuid", R"("019aa3f2-0000-7000-8000-000000000000")"},
});

struct Field {
  std::string name;
  FieldType type;
  enum class Presence : std::uint8_t { required, optional } presence = Presence::required;
};

Field field_of(const std::string& text) {
  const auto colon = text.find(':');
  if (colon == text.npos)
    throw ExitError(exit_usage, "A field is NAME:TYPE, such as title:text or sold_at:time?, and \"" +
                                    text.substr(0, 100) + "\" is not. Nothing was written.");
  Field out{.name = text.substr(0, colon), .type = {}};
  check_name("a field", out.name);
  std::string type = text.substr(colon + 1);
  if (type.ends_with('?')) {
    type.pop_back();
    out.presence = Field::Presence::optional;
  }
  const auto* found = std::ranges::find(field_types, type, &FieldType::name);
  if (found != field_types.end()) return out.type = *found, out;
  std::string known;
  for (const FieldType& each : field_types) known.append(known.empty() ? "" : ", ").append(each.name);
  throw ExitError(exit_usage, "The field " + out.name + " has no known type: " + known +
                                  "; with ? at its end the field may be absent. Nothing was written.");
}

std::vector<Field> fields_of(const std::vector<std::string>& texts) {
  std::vector<Field> out;
  std::set<std::string> names;
  for (const std::string& text : texts) {
    out.push_back(field_of(text));
    if (!names.insert(out.back().name).second)
      throw ExitError(exit_usage, "The field " + out.back().name + " is named twice. Nothing was written.");
  }
  return out;
}

std::string read_file(const fs::path& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

// The project's namespace, from its routes.
std::string namespace_here() {
  const std::string routes = read_file("src/routes.cpp");
  const auto begin = routes.find("\nnamespace ");
  const auto end = begin == routes.npos ? routes.npos : routes.find(" {\n", begin);
  if (end == routes.npos || !fs::exists("CMakeLists.txt"))
    throw ExitError(
        exit_usage,
        "This folder is no project of `ashlar new`: it has no CMakeLists.txt or no src/routes.cpp. Change to "
        "the project's folder, or make one: ashlar new NAME");
  return routes.substr(begin + 11, end - begin - 11);
}

std::string next_number(const fs::path& folder) {
  std::int64_t last = 0;
  std::error_code none;
  for (const auto& entry : fs::directory_iterator(folder / "migrations", none)) {
    const std::string name = entry.path().filename().string();
    if (name.size() > 5 && name[4] == '_' &&
        std::ranges::all_of(name.substr(0, 4), [](char c) { return c >= '0' && c <= '9'; }))
      last = std::max<std::int64_t>(last, std::stoi(name.substr(0, 4)));
  }
  if (last >= migrations_max) throw ExitError(exit_failed, "There are 9999 migrations already.");
  const std::string digits = std::to_string(last + 1);
  return std::string(4 - digits.size(), '0') + digits;
}

void add_fields(Values& values, const std::vector<Field>& fields, const std::string& type_name) {
  std::vector<std::string> all{type_name, "id"};
  std::vector<std::string> given{"New" + type_name};
  std::string members, assignments, example, sqlite, postgres;
  for (const Field& field : fields) {
    const bool optional = field.presence == Field::Presence::optional;
    const std::string type(field.type.cpp);
    members += "  " + (optional ? "std::optional<" + type + ">" : type) + " " + field.name;
    members += optional || type == "bool" || type == "std::int64_t" ? "{};\n" : ";\n";
    assignments += "  row." + field.name + " = std::move(in." + field.name + ");\n";
    example.append(example.empty() ? "{" : ",")
        .append("\n  \"" + json_name_of(field.name) + "\": ")
        .append(field.type.example);
    const std::string rule = optional ? ",\n" : " not null,\n";
    sqlite += "  " + field.name + " " + std::string(field.type.sqlite) + rule;
    postgres += "  " + field.name + " " + std::string(field.type.postgres) + rule;
    all.push_back(field.name);
    given.push_back(field.name);
  }
  all.emplace_back("created_at");
  const auto without_end = [](std::string text) { return text.substr(0, text.size() - 1); };
  values["members"] = without_end(members);
  values["assignments"] = without_end(assignments);
  values["example"] = example + "\n}";
  values["first_json"] = json_name_of(fields.front().name);
  values["columns_sqlite"] = "  id text primary key,\n" + sqlite + "  created_at integer not null";
  values["columns_postgres"] = "  id uuid primary key,\n" + postgres + "  created_at timestamptz not null";
  values["strict_sqlite"] = " strict";
  values["strict_postgres"] = "";
  values["describe_entity"] = wrapped("ASHLAR_DESCRIBE(", all, ")");
  values["describe_new"] = wrapped("ASHLAR_DESCRIBE(", given, ")");
}

Values entity_values(const std::string& space, const std::string& name, const std::vector<Field>& fields,
                     const std::string& number) {
  const std::string type = type_name_of(name);
  const std::string plural = plural_of(name);
  Values values{{"namespace", space}, {"entity", name},           {"Entity", type},
                {"entities", plural}, {"words", with(name, ' ')}, {"path", with(plural, '-')},
                {"number", number}};
  add_fields(values, fields, type);
  const auto signature = [&](const std::string& reply, const std::string& verb, const std::string& call,
                             const std::string& input) {
    return wrapped("Task<Result<" + reply + ">> " + verb + "(", {call, input, "Services& services"}, ") {");
  };
  values["list_signature"] = signature("Page<" + type + ">", "list_" + plural, "Call&", "List" + type + " in");
  values["get_signature"] = signature(type, "get_" + name, "Call&", "api::ById in");
  values["create_signature"] =
      signature("Created<" + type + ">", "create_" + name, "UserCall& call", "New" + type + " in");
  values["remove_signature"] = signature("", "remove_" + name, "UserCall&", "api::ById in");
  return values;
}

// A file with a function that mounts everything of one sort.
struct MountList {
  std::string file;
  std::string arguments;
};
const MountList routes_list{.file = "src/routes.cpp", .arguments = "(routes, services);"};
const MountList job_kinds{.file = "src/jobs.cpp", .arguments = "(table, services);"};

// The text of a list with one more include and line; empty when it has no marker.
std::string with_mount(std::string text, const std::string& header, const std::string& call) {
  const auto at = text.find(marker);
  if (at == text.npos) return {};
  text.insert(at, "  " + call + "\n");
  const std::string include = "#include \"src/" + header + ".hpp\"\n";
  const auto own = text.find('\n') + 1;  // behind the file's own header
  auto place = text.find("#include \"src/", own);
  if (place == text.npos) return text.insert(own, "\n" + include);
  const auto line_at = [&](std::size_t begin) { return text.substr(begin, text.find('\n', begin) + 1 - begin); };
  while (line_at(place).starts_with("#include \"src/") && line_at(place) < include) place = text.find('\n', place) + 1;
  return text.insert(place, include);
}

void require_unmounted(const MountList& list, const std::string& mount) {
  if (read_file(list.file).contains("  " + mount + "("))
    throw ExitError(exit_failed, list.file + " calls " + mount + "() already. Nothing was written.");
}

void mount_in(const MountList& list, const std::string& header, const std::string& mount) {
  const std::string text = with_mount(read_file(list.file), header, mount + list.arguments);
  if (text.empty()) {
    std::puts((list.file + " has lost its line for additions. Add by hand: " + mount + list.arguments).c_str());
    return;
  }
  std::ofstream out(list.file, std::ios::binary);
  out << text;
  out.close();
  if (!out) throw ExitError(exit_failed, list.file + " cannot be written.");
  std::puts(("changed " + list.file).c_str());
}

}  // namespace

int new_project(const std::string& name) {
  check_project_name(name);
  std::error_code ignored;
  if (fs::exists(fs::symlink_status(name, ignored)))
    throw ExitError(exit_failed, name + " exists already: choose another name, or remove it. Nothing was written.");
  const std::string space = namespace_of(name);
  const auto entity = entity_values(space, "note", fields_of({"title:text", "body:prose?"}), "0002");
  std::vector<NewFile> files = fill_templates("project", {{"project", name}, {"namespace", space}});
  for (NewFile& file : files)
    if (file.path == "src/routes.cpp") file.text = with_mount(file.text, "note", "mount_notes" + routes_list.arguments);
  for (NewFile& file : fill_templates("entity", entity)) files.push_back(std::move(file));
  write_files(name, files);
  std::puts(
      ("\nBuild and test it:\n  cd " + name +
       "\n  cmake -B build -G Ninja -D CMAKE_CXX_COMPILER=clang++-19\n  ninja -C build && ctest --test-dir build\n"
       "README.md says how to run it.")
          .c_str());
  return exit_ok;
}

int generate_entity(const std::string& name, const std::vector<std::string>& fields) {
  check_entity_name(name);
  const std::vector<Field> given = fields_of(fields);
  const std::string space = namespace_here();
  const std::string plural = plural_of(name);
  require_unmounted(routes_list, "mount_" + plural);
  write_files(".", fill_templates("entity", entity_values(space, name, given, next_number("."))));
  mount_in(routes_list, name, "mount_" + plural);
  return exit_ok;
}

int generate_endpoint(const std::string& name, const std::string& method) {
  check_name("an endpoint", name);
  const std::string type = type_name_of(name);
  const std::string path = with(name, '-');
  const bool reads = method == "get";
  const auto call = [&](const std::string& value) {
    return reads ? "get(\"/" + path + "?name=" + value + "\")"
                 : method + "(\"/" + path + "\", R\"({\"name\": \"" + value + "\"})\")";
  };
  Values values{{"namespace", namespace_here()}, {"endpoint", name}, {"Endpoint", type},
                {"endpoint_path", path},         {"method", method}, {"call_empty", call("")},
                {"call_example", call("Ada")}};
  require_unmounted(routes_list, "mount_" + name);
  values["endpoint_signature"] =
      wrapped("Task<Result<" + type + "Reply>> " + name + "(", {"Call&", type + "Input in", "Services&"}, ") {");
  write_files(".", fill_templates("endpoint", values));
  mount_in(routes_list, name, "mount_" + name);
  return exit_ok;
}

int generate_job(const std::string& name) {
  check_name("a job", name);
  const std::string mount = "mount_" + name + "_job";
  const Values values{{"namespace", namespace_here()},
                      {"job", name},
                      {"Job", type_name_of(name)},
                      {"path", with(name, '-')},
                      {"words", with(name, ' ')}};
  require_unmounted(job_kinds, mount);
  write_files(".", fill_templates("job", values));
  mount_in(job_kinds, name + "_job", mount);
  return exit_ok;
}

int generate_migration(const std::string& name) {
  check_name("a migration", name);
  (void)namespace_here();
  write_files(".", fill_templates("migration", {{"migration", name}, {"number", next_number(".")}}));
  return exit_ok;
}

}  // namespace ashlar::cli
