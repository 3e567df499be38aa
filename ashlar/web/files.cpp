// SPDX-License-Identifier: Apache-2.0
#include "ashlar/web/files.hpp"

#include "ashlar/core/encoding.hpp"
#include "ashlar/http/compression.hpp"
#include "ashlar/http/date.hpp"
#include "ashlar/web/compression.hpp"
#include "ashlar/web/detail/conditional.hpp"
#include "ashlar/web/detail/error_response.hpp"
#include "ashlar/web/detail/media_types.hpp"
#include "ashlar/web/detail/opened_file.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <memory>
#include <optional>
#include <span>
#include <stdexcept>

namespace ashlar::web {

namespace {

using detail::OpenedFile;
using http::ContentCoding;

struct Folder {
  std::filesystem::path path;
  std::size_t prefix_bytes;  // of the requests' paths, up to and with the slash
  async::BlockingPool& pool;
  FileOptions options;
};

constexpr std::int64_t nanoseconds_a_second = 1'000'000'000;

// The result for one request. Made on a thread of the pool.
struct Found {
  OpenedFile file;
  ContentCoding coding;
  std::optional<std::string> whole;  // the bytes of a small file, where they were asked for
};

struct Wanted {
  std::vector<std::string> names;
  std::vector<ContentCoding> codings;  // the preferred one first
  enum class Bytes : std::uint8_t { no, if_few } bytes = Bytes::no;
};

std::string_view ending_of(ContentCoding coding) {
  switch (coding) {
    case ContentCoding::gzip:
      return ".gz";
    case ContentCoding::brotli:
      return ".br";
    case ContentCoding::zstd:
      return ".zst";
    case ContentCoding::identity:
      break;
  }
  return {};
}

// The file, or its precompressed sibling that the client prefers.
std::optional<Found> find_file(const Folder& folder, Wanted& wanted) {
  auto file = OpenedFile::open(folder.path, wanted.names);
  if (!file) return std::nullopt;
  const std::string name = wanted.names.back();
  for (const ContentCoding coding : wanted.codings) {
    wanted.names.back() = name + std::string(ending_of(coding));
    auto sibling = OpenedFile::open(folder.path, wanted.names);
    if (sibling && sibling->modified_nanoseconds() >= file->modified_nanoseconds())
      return Found{.file = std::move(*sibling), .coding = coding, .whole = {}};
  }
  return Found{.file = std::move(*file), .coding = ContentCoding::identity, .whole = {}};
}

std::optional<Found> find_and_read(const Folder& folder, Wanted& wanted) {
  auto found = find_file(folder, wanted);
  if (found && wanted.bytes == Wanted::Bytes::if_few && found->file.size() <= folder.options.piece_bytes_max) {
    std::string bytes(found->file.size(), '\0');
    if (found->file.read(0, bytes)) found->whole = std::move(bytes);
  }
  return found;
}

// A part of a file, sent piece by piece. Owned by the response's producer, which outlives its task.
struct FilePart {
  OpenedFile file;
  http::ByteRange range;
  std::shared_ptr<const Folder> folder;
  std::string piece{};
  std::uint64_t at = 0;

  bool read_piece() {
    piece.resize(std::min<std::uint64_t>(folder->options.piece_bytes_max, range.last - at + 1));
    return file.read(at, piece);
  }
};

Task<Result<>> send_part(FilePart& part, http::BodyWriter& out) {
  for (part.at = part.range.first; part.at <= part.range.last; part.at += part.piece.size()) {
    auto read = co_await part.folder->pool.run([&part] { return part.read_piece(); });
    if (!read) co_return std::unexpected(std::move(read.error()));
    if (!*read) co_return ashlar::fail(ashlar::errors::internal, "The file was truncated while it was sent.");
    if (auto written = co_await out.write(part.piece); !written) co_return written;
  }
  co_return Result<>{};
}

struct PartProducer {
  std::unique_ptr<FilePart> part;
  Task<Result<>> operator()(http::BodyWriter& out) { return send_part(*part, out); }
};

// "\"size-time\"" in hexadecimal digits: changes when the file does.
std::string etag_of(const Found& found) {
  std::array<char, 2 * 16 + 2> text{};
  char* end = std::to_chars(text.data(), text.data() + text.size(), found.file.size(), 16).ptr;
  *end++ = '-';
  end = std::to_chars(end, text.data() + text.size(), static_cast<std::uint64_t>(found.file.modified_nanoseconds()), 16)
            .ptr;
  std::string tag = '"' + std::string(text.data(), end);
  if (found.coding != ContentCoding::identity) tag.append("-").append(http::name_of(found.coding));
  return tag + '"';
}

std::string_view media_type_of(const Folder& folder, std::string_view name) {
  for (const auto& [ending, type] : folder.options.media_types) {
    if (name.size() > ending.size() && name[name.size() - ending.size() - 1] == '.' &&
        ascii_iequals(name.substr(name.size() - ending.size()), ending))
      return type;
  }
  return detail::media_type_of_file(name);
}

// Whether files of this type can have compressed siblings: types that are not already compressed.
bool gains_by_coding(std::string_view type) {
  return type.starts_with("text/") || type.starts_with("application/") || type == "image/svg+xml";
}

std::vector<ContentCoding> codings_for(const http::Request& request) {
  http::AcceptedCodings accepted;
  for (const auto& [name, value] : request.headers.all()) {
    if (ascii_iequals(name, "accept-encoding")) accepted.add(value);
  }
  std::vector<ContentCoding> offered{ContentCoding::brotli, ContentCoding::zstd, ContentCoding::gzip};
  std::vector<ContentCoding> out;
  while (true) {
    const auto best = accepted.best(offered);
    if (!best || *best == ContentCoding::identity) return out;
    out.push_back(*best);
    std::erase(offered, *best);
  }
}

void refuse_range(const api::Call& context, const http::Request& request, const std::string& content_range,
                  http::Response& response) {
  for (const auto* name : {"Accept-Ranges", "Cache-Control", "Content-Encoding", "ETag", "Last-Modified"})
    response.headers.remove(name);
  write_problem({errors::range_not_satisfiable, "The file has no such part."},
                {.instance = request.path, .request_id = context.request_id()}, response);
  response.headers.add("Content-Range", content_range);
}

// Completes a file's response, whose headers are set, once it is certain to be sent.
void send(std::shared_ptr<const Folder> folder, Found found, http::ByteRange range, http::Response& response) {
  if (found.file.size() == 0) return;
  if (found.whole && range.size() == found.whole->size()) {
    response.body = std::move(*found.whole);
    return;
  }
  response.stream_length = range.size();
  response.stream = PartProducer{
      std::make_unique<FilePart>(FilePart{.file = std::move(found.file), .range = range, .folder = std::move(folder)})};
}

Result<> answer(const api::Call& context, const http::Request& request, std::shared_ptr<const Folder> folder,
                Found found, std::string_view type, http::Response& response) {
  const std::string tag = etag_of(found);
  const std::int64_t modified =
      std::min(found.file.modified_nanoseconds() / nanoseconds_a_second, context.now().seconds());
  const http::Validators validators{.etag = tag, .last_modified = modified};
  const std::uint64_t size = found.file.size();
  http::ResponseHeaders& headers = response.headers;
  headers.add("ETag", tag);
  headers.add("Last-Modified", http::to_http_date(modified));
  headers.add("Cache-Control", folder->options.cache.text());
  if (folder->options.precompressed == FileOptions::Precompressed::yes && gains_by_coding(type))
    vary_by_coding(headers);
  switch (http::evaluate_preconditions(request.method, request.headers, validators)) {
    case http::Precondition::not_modified:
      response.status = 304;
      if (found.coding == ContentCoding::identity) {  // the fields that compression gives the 200; see AppState::finish
        headers.add("Content-Type", type);
        response.stream_length = size;
      }
      return {};
    case http::Precondition::failed:
      return ashlar::fail(errors::precondition_failed, "The file is not the requested version.");
    case http::Precondition::passed:
      break;
  }
  headers.add("Content-Type", type);
  headers.add("Accept-Ranges", "bytes");
  if (found.coding != ContentCoding::identity) headers.add("Content-Encoding", http::name_of(found.coding));
  const http::RangeChoice choice = http::choose_range(request.method, request.headers, validators, size);
  http::ByteRange range{0, size == 0 ? 0 : size - 1};
  if (choice.kind == http::RangeChoice::Kind::unsatisfiable) {
    refuse_range(context, request, http::content_range_of(choice, size), response);
    return {};
  }
  if (choice.kind == http::RangeChoice::Kind::part) {
    response.status = 206;
    headers.add("Content-Range", http::content_range_of(choice, size));
    range = choice.range;
  }
  send(std::move(folder), std::move(found), range, response);
  return {};
}

Task<Result<>> serve(std::shared_ptr<const Folder> folder, api::Call& context, http::Request& request,
                     http::Response& response) {
  Wanted wanted;
  std::string type;
  if (auto names = detail::names_of_path(request.path.substr(folder->prefix_bytes), folder->options.index_file)) {
    wanted.names = std::move(*names);
    type = media_type_of(*folder, wanted.names.back());
  }
  std::optional<Found> found;
  if (!wanted.names.empty()) {
    if (folder->options.precompressed == FileOptions::Precompressed::yes && gains_by_coding(type))
      wanted.codings = codings_for(request);
    if (request.method == http::Method::get && !request.headers.find("Range")) wanted.bytes = Wanted::Bytes::if_few;
    auto looked = co_await folder->pool.run([&] { return find_and_read(*folder, wanted); });
    if (!looked) co_return std::unexpected(std::move(looked.error()));
    if (*looked) found.emplace(std::move(**looked));
  }
  if (!found) co_return ashlar::fail(errors::route_not_found, "There is nothing at this path.");
  co_return answer(context, request, std::move(folder), std::move(*found), type, response);
}

}  // namespace

Route& mount_files(Routes& routes, std::string_view at, std::filesystem::path folder, async::BlockingPool& pool,
                   FileOptions options) {
  if (!std::filesystem::is_directory(folder))
    throw std::invalid_argument("the folder of files to serve does not exist: " + folder.string());
  if (at.ends_with('/')) at.remove_suffix(1);
  auto shared = std::make_shared<const Folder>(
      Folder{.path = std::move(folder), .prefix_bytes = at.size() + 1, .pool = pool, .options = std::move(options)});
  return routes.raw(http::Method::get, std::string(at) + "/{path...}",
                    [shared](api::Call& context, http::Request& request, http::Response& response) {
                      return serve(shared, context, request, response);
                    });
}

}  // namespace ashlar::web
