#include "lib/localhub/twins/twins.hpp"

#include <fmt/core.h>

#include "lib/localhub/api_error.hpp"

namespace fwctl::localhub {
namespace {

/// SDKs send back what they were given: the hub's own members are not the user's.
Json without_system_members(Json desired) {
  if (desired.is_object()) {
    desired.erase("$metadata");
    desired.erase("$version");
  }
  return desired;
}

/// The section of the body, nullptr when it is not there at all. A null section stands for an empty one.
const Json* section_of(const Json& body, const char* name) {
  if (!body.is_object()) return nullptr;
  const auto found = body.find(name);
  return found == body.end() ? nullptr : &*found;
}

const Json* desired_of(const Json& body) {
  const Json* properties = section_of(body, "properties");
  return properties == nullptr ? nullptr : section_of(*properties, "desired");
}

}  // namespace

std::string plain_etag(std::string_view if_match) {
  if (if_match.size() >= 2 && if_match.front() == '"' && if_match.back() == '"') {
    if_match = if_match.substr(1, if_match.size() - 2);
  }
  return if_match == "*" ? std::string{} : std::string(if_match);
}

TwinRow Twins::update(const std::string& device_id, const Json& body, std::string_view etag) {
  return write(device_id, body, etag, How::merge);
}

TwinRow Twins::replace(const std::string& device_id, const Json& body, std::string_view etag) {
  return write(device_id, body, etag, How::replace);
}

TwinRow Twins::write(const std::string& device_id, const Json& body, std::string_view etag, How how) {
  if (!body.is_object()) throw ApiError(error_names::argument_invalid, "The twin must be an object.");
  TwinRow row = load_known_twin(core_.database, device_id);
  if (!etag.empty() && etag != row.etag()) {
    throw ApiError(error_names::precondition_failed,
                   fmt::format("Precondition failed: etag mismatch for twin '{}'.", device_id));
  }
  const Json empty = Json::object();
  const Json* tags = section_of(body, "tags");
  const Json* desired = desired_of(body);
  if (how == How::replace && tags == nullptr) tags = &empty;
  if (how == How::replace && desired == nullptr) desired = &empty;

  row.twin_etag += 1;
  row.version += 1;
  if (tags != nullptr) write_tags(row, *tags, tags->is_null() ? How::replace : how);
  if (desired != nullptr) write_desired(row, *desired, desired->is_null() ? How::replace : how, std::nullopt);
  save_twin(core_.database, row);
  if (tags != nullptr) on_changed_(row.device_id);
  return row;
}

void Twins::configure(TwinRow row, const Json& desired, const Author& author) {
  row.twin_etag += 1;
  row.version += 1;
  write_desired(row, desired, How::merge, author);
  save_twin(core_.database, row);
}

void Twins::write_tags(TwinRow& row, const Json& tags, How how) const {
  const Json patch = tags.is_null() ? Json::object() : tags;
  validate_patch(patch, "tags");
  Section section{how == How::merge ? row.tags.value_or(Json::object()) : Json::object(), Json::object()};
  merge(section, patch, {});
  validate_size(section.values, tags_limit, "tags");
  row.tags = std::move(section.values);
}

void Twins::write_desired(TwinRow& row, const Json& desired, How how, const std::optional<Author>& author) {
  const Json patch = without_system_members(desired.is_null() ? Json::object() : desired);
  validate_patch(patch, "properties.desired");
  const Stamp stamp{core_.now_text(), row.desired_version + 1, author};
  if (how == How::merge) {
    merge(row.desired, patch, stamp);
  } else {
    localhub::replace(row.desired, patch, stamp);
  }
  validate_size(row.desired.values, properties_limit, "properties.desired");
  row.desired_version += 1;
  on_desired_(row.device_id, row.desired_version, how == How::merge ? patch : row.desired.values);
}

TwinRow Twins::report(const std::string& device_id, const Json& patch, std::optional<std::int64_t> base_version) {
  TwinRow row = load_known_twin(core_.database, device_id);
  if (base_version && *base_version != row.reported_version) {
    throw ApiError(error_names::precondition_failed,
                   fmt::format("Reported properties are at version {}.", row.reported_version));
  }
  validate_patch(patch, "properties.reported");
  merge(row.reported, patch, {core_.now_text(), std::nullopt});
  validate_size(row.reported.values, properties_limit, "properties.reported");
  row.reported_version += 1;
  row.version += 1;
  row.last_activity = core_.now_text();
  save_twin(core_.database, row);
  on_changed_(row.device_id);
  return row;
}

}  // namespace fwctl::localhub
