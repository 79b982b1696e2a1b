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

/// nullptr when it is not there at all; null stands for an empty one.
const Json* desired_of(const Json& body) {
  const Json* properties = find_member(body, "properties");
  return properties == nullptr ? nullptr : find_member_or_null(*properties, "desired");
}

}  // namespace

void validate_desired(const Json& patch) {
  validate_patch(without_system_members(patch.is_null() ? Json::object() : patch), "properties.desired");
}

std::string plain_etag(std::string_view if_match) {
  if (if_match.size() >= 2 && if_match.front() == '"' && if_match.back() == '"') {
    if_match = if_match.substr(1, if_match.size() - 2);
  }
  return if_match == "*" ? std::string{} : std::string(if_match);
}

TwinRow Twins::update(const TwinKey& key, const Json& body, std::string_view etag) {
  return write(key, body, etag, How::merge);
}

TwinRow Twins::replace(const TwinKey& key, const Json& body, std::string_view etag) {
  return write(key, body, etag, How::replace);
}

TwinRow Twins::write(const TwinKey& key, const Json& body, std::string_view etag, How how) {
  if (!body.is_object()) throw ApiError(error_names::argument_invalid, "The twin must be an object.");
  TwinRow row = load_known_twin(core_.database, key);
  if (!etag.empty() && etag != row.etag()) {
    throw ApiError(error_names::precondition_failed,
                   fmt::format("Precondition failed: etag mismatch for twin '{}'.", key.text()));
  }
  const Json empty = Json::object();
  const Json* tags = find_member_or_null(body, "tags");
  const Json* desired = desired_of(body);
  if (how == How::replace && tags == nullptr) tags = &empty;
  if (how == How::replace && desired == nullptr) desired = &empty;

  row.twin_etag += 1;
  row.version += 1;
  if (tags != nullptr) write_tags(row, *tags, tags->is_null() ? How::replace : how);
  if (desired != nullptr) write_desired(row, *desired, desired->is_null() ? How::replace : how, std::nullopt);
  save_properties(core_.database, row);
  if (tags != nullptr) {
    index_tags(core_.database, row);
    on_changed_(row.sequence);
  }
  return row;
}

void Twins::configure(TwinRow row, const Json& desired, const Author& author) {
  row.twin_etag += 1;
  row.version += 1;
  write_desired(row, desired, How::merge, author);
  save_properties(core_.database, row);
}

void Twins::add(TwinRow& row) {
  if (core_.switches.empty_tags) row.tags = "{}";
  row.sequence = insert_twin(core_.database, row);
  on_changed_(row.sequence);
}

ErrorName Twins::oversize() const {
  return core_.switches.oversize_400 ? error_names::argument_invalid : error_names::too_large;
}

void Twins::write_tags(TwinRow& row, const Json& tags, How how) {
  const Json patch = tags.is_null() ? Json::object() : tags;
  validate_patch(patch, "tags");
  Section section;
  if (how == How::merge && row.tags) section.values = Json::parse(*row.tags);
  merge(section, patch, {});
  validate_size(section.values, tags_limit, "tags", oversize());
  row.tags = section.values.dump();
}

void Twins::write_desired(TwinRow& row, const Json& desired, How how, const std::optional<Author>& author) {
  const Json patch = without_system_members(desired.is_null() ? Json::object() : desired);
  validate_patch(patch, "properties.desired");
  const Stamp stamp{core_.now_text(), row.desired_version + 1, author};
  Section section = read_section(row.desired);
  if (how == How::merge) {
    merge(section, patch, stamp);
  } else {
    localhub::replace(section, patch, stamp);
  }
  validate_size(section.values, properties_limit, "properties.desired", oversize());
  row.desired = to_text(section);
  row.desired_version += 1;
  on_desired_(row.key, row.desired_version, how == How::merge ? patch : section.values);
}

TwinRow Twins::report(const TwinKey& key, const Json& patch, std::optional<std::int64_t> base_version) {
  TwinRow row = load_known_twin(core_.database, key);
  if (base_version && *base_version != row.reported_version) {
    throw ApiError(error_names::precondition_failed,
                   fmt::format("Reported properties are at version {}.", row.reported_version));
  }
  validate_patch(patch, "properties.reported");
  Section section = read_section(row.reported);
  merge(section, patch, {core_.now_text(), std::nullopt});
  validate_size(section.values, properties_limit, "properties.reported", oversize());
  row.reported = to_text(section);
  row.reported_version += 1;
  row.version += 1;
  row.last_activity = core_.now_text();
  save_properties(core_.database, row);
  on_changed_(row.sequence);
  return row;
}

}  // namespace fwctl::localhub
