#include "lib/localhub/registry/bulk.hpp"

#include <fmt/core.h>

#include <algorithm>

#include "lib/localhub/api_error.hpp"

namespace fwctl::localhub {
namespace {

constexpr std::size_t most_lines = 100;

std::string lower(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(), [](unsigned char c) { return std::tolower(c); });
  return text;
}

/// The etag that a `…IfMatchETag` mode asks for; `*` in the other modes.
std::string wanted_etag(const std::string& mode, const Json& line, const char* member) {
  const bool conditional = mode.ends_with("ifmatchetag");
  const std::string etag = text_member(line, member);
  if (conditional && etag.empty()) throw ApiError(error_names::argument_null, "This importMode needs an eTag.");
  return conditional ? etag : "*";
}

Json member_or_null(const Json& line, const char* name) {
  const Json* member = find_member(line, name);
  return member == nullptr ? Json(nullptr) : *member;
}

Json error_of(const Json& line, const ApiError& error) {
  return {{"deviceId", member_or_null(line, "id")},
          {"moduleId", member_or_null(line, "moduleId")},
          {"errorCode", error.name().name},
          {"errorStatus", error.what()},
          {"operation", nullptr}};
}

}  // namespace

void Bulk::create(const TwinKey& key, const Json& line) {
  key.module_id.empty() ? registry_.create(key.device_id, line) : modules_.create(key, line);
}

void Bulk::update(const TwinKey& key, const Json& line, std::string_view etag) {
  key.module_id.empty() ? registry_.put(key.device_id, line, etag) : modules_.put(key, line, etag);
}

void Bulk::remove(const TwinKey& key, std::string_view etag) {
  key.module_id.empty() ? registry_.remove(key.device_id, etag) : modules_.remove(key, etag);
}

void Bulk::run_line(const Json& line, std::set<std::string>& defined) {
  const TwinKey key{text_member(line, "id"), text_member(line, "moduleId")};
  const std::string mode = lower(text_member(line, "importMode"));
  if (!mode.starts_with("updatetwin") && !defined.insert(key.text()).second) {
    throw ApiError(error_names::defined_twice, fmt::format("'{}' is defined in more than one line.", key.text()));
  }
  const bool exists = load_twin(core_.database, key).has_value();
  const bool create_or_update = mode.starts_with("createorupdate");
  if (mode.empty() || mode == "create" || (create_or_update && !exists)) {
    create(key, line);
  } else if (mode.starts_with("updatetwin")) {
    twins_.update(key, line, plain_etag(wanted_etag(mode, line, "twinETag")));
    return;
  } else if (create_or_update || mode == "update" || mode == "updateifmatchetag") {
    update(key, line, wanted_etag(mode, line, "eTag"));
  } else if (mode == "delete" || mode == "deleteifmatchetag") {
    remove(key, wanted_etag(mode, line, "eTag"));
    return;
  } else {
    throw ApiError(error_names::argument_invalid, "importMode is none that the hub knows.");
  }
  if (find_member(line, "tags") != nullptr || find_member(line, "properties") != nullptr) twins_.update(key, line, "");
}

Json Bulk::run(const Json& lines) {
  if (!lines.is_array() || lines.empty()) {
    throw ApiError(error_names::argument_invalid, "The body must be an array of 1 to 100 devices.");
  }
  if (lines.size() > most_lines) throw ApiError(error_names::too_many_devices, "At most 100 devices in one call.");
  Json errors = Json::array();
  std::set<std::string> defined;
  for (const Json& line : lines) {
    core_.database.execute("SAVEPOINT line");
    try {
      run_line(line, defined);
    } catch (const ApiError& error) {
      core_.database.execute("ROLLBACK TO line");
      errors.push_back(error_of(line, error));
    }
    core_.database.execute("RELEASE line");
  }
  return {{"isSuccessful", errors.empty()}, {"errors", errors}, {"warnings", Json::array()}};
}

}  // namespace fwctl::localhub
