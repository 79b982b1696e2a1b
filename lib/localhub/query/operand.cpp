#include "lib/localhub/query/operand.hpp"

#include <algorithm>
#include <array>
#include <string_view>

#include "lib/localhub/query/json_path.hpp"

namespace fwctl::localhub {
namespace {

enum class Kind { text, nullable_text, optional_text, number, json };

/// A built-in field: found without regard to case, shown as written here.
struct Field {
  std::string_view name;
  const char* sql;
  Kind kind;
};

constexpr std::array<Field, 18> twin_fields{{
    {"deviceId", "device_id", Kind::text},
    {"moduleId", "nullif(module_id, '')", Kind::optional_text},
    {"etag", "fw_twin_etag(twin_etag)", Kind::text},
    {"deviceEtag", "identity_etag", Kind::text},
    {"status", "status", Kind::text},
    {"statusReason", "status_reason", Kind::nullable_text},
    {"statusUpdateTime", "status_updated", Kind::text},
    {"connectionState", "connection_state", Kind::text},
    {"lastActivityTime", "last_activity", Kind::text},
    {"cloudToDeviceMessageCount", "CAST(0 AS INTEGER)", Kind::number},
    {"authenticationType", "authentication_type", Kind::text},
    {"x509Thumbprint", "json_extract(authentication, '$.x509Thumbprint')", Kind::json},
    {"modelId", "model_id", Kind::text},
    {"version", "version", Kind::number},
    {"tags", "tags", Kind::json},
    {"capabilities", "capabilities", Kind::json},
    {"deviceScope", "device_scope", Kind::optional_text},
    {"configurations", "configurations", Kind::json},
}};

constexpr std::array<Field, 9> job_fields{{
    {"jobId", "job_id", Kind::text},
    {"deviceId", "device_id", Kind::text},
    {"jobType", "job_type", Kind::text},
    {"status", "status", Kind::text},
    {"createdTimeUtc", "created", Kind::text},
    {"createdDateTimeUtc", "created", Kind::text},
    {"startTimeUtc", "start", Kind::text},
    {"endTimeUtc", "ended", Kind::text},
    {"lastUpdatedDateTimeUtc", "updated", Kind::text},
}};

// The user's properties, $metadata and $version are columns of their own; a whole section shows them together.
constexpr const char* whole_desired =
    "json_set(desired, '$.\"$metadata\"', json(desired_metadata), '$.\"$version\"', desired_version)";
constexpr const char* whole_reported =
    "json_set(reported, '$.\"$metadata\"', json(reported_metadata), '$.\"$version\"', reported_version)";

bool same(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](unsigned char x, unsigned char y) { return std::tolower(x) == std::tolower(y); });
}

Operand undefined() { return {"NULL", "NULL", Class::undefined}; }

Operand text_operand(const char* sql) { return {"'text'", sql, Class::text}; }
Operand number_operand(const char* sql) { return {"'integer'", sql, Class::number}; }

Operand null_operand(const char* sql, const char* type_of_null) {
  return {Sql("CASE WHEN ") + sql + " IS NULL THEN " + type_of_null + " ELSE 'text' END", sql};
}

/// The place in a JSON column: `$."a"."b"`, bound. SQLite compares names as they stand in the JSON text.
Operand json_operand(const Sql& column, const std::vector<std::string>& keys, const Place& place) {
  for (const std::string& key : keys) {
    if (key.find('"') != std::string::npos)
      query_error(place, "a property name with a quotation mark can't be queried");
    if (key.find('\0') != std::string::npos) query_error(place, "a property name holds the character U+0000");
  }
  const Sql arguments = Sql("(") + column + ", " + Sql::value(json_path(keys)) + ")";
  return {Sql("json_type") + arguments, Sql("json_extract") + arguments};
}

Operand field_operand(const Field& field, std::vector<std::string> rest, const Place& place) {
  if (field.kind == Kind::json) return json_operand(field.sql, rest, place);
  if (!rest.empty()) return undefined();
  switch (field.kind) {
    case Kind::number:
      return number_operand(field.sql);
    case Kind::nullable_text:
      return null_operand(field.sql, "'null'");
    case Kind::optional_text:
      return null_operand(field.sql, "NULL");
    default:
      return text_operand(field.sql);
  }
}

Operand section_operand(bool desired, std::vector<std::string> rest, const Place& place) {
  if (rest.empty()) return json_operand(desired ? whole_desired : whole_reported, {}, place);
  if (rest.front() == "$version") {
    return rest.size() == 1 ? number_operand(desired ? "desired_version" : "reported_version") : undefined();
  }
  if (rest.front() == "$metadata") {
    rest.erase(rest.begin());
    return json_operand(desired ? "desired_metadata" : "reported_metadata", rest, place);
  }
  return json_operand(desired ? "desired" : "reported", rest, place);
}

Operand properties_operand(std::vector<std::string> rest, const Place& place) {
  if (rest.empty()) {
    const Sql both =
        Sql("json_object('desired', json(") + whole_desired + "), 'reported', json(" + whole_reported + "))";
    return json_operand(both, {}, place);
  }
  const bool desired = same(rest.front(), "desired");
  if (!desired && !same(rest.front(), "reported")) return undefined();
  rest.erase(rest.begin());
  return section_operand(desired, std::move(rest), place);
}

/// `devices.deviceId`, `devices.jobs.jobId`: the source's own name in front says nothing.
std::vector<std::string> without_source(const std::vector<std::string>& segments, Source source) {
  std::vector<std::string> rest = segments;
  if (rest.size() < 2 || !same(rest.front(), "devices")) return rest;
  rest.erase(rest.begin());
  const bool named = (source == Source::jobs && same(rest.front(), "jobs")) ||
                     (source == Source::modules && same(rest.front(), "modules"));
  if (named && rest.size() > 1) rest.erase(rest.begin());
  return rest;
}

template <std::size_t Size>
const Field* find(const std::array<Field, Size>& fields, std::string_view name) {
  const auto found = std::find_if(fields.begin(), fields.end(), [&](const Field& f) { return same(f.name, name); });
  return found == fields.end() ? nullptr : &*found;
}

const Field* find_field(std::string_view name, Source source) {
  if (source == Source::jobs) return find(job_fields, name);
  return find(twin_fields, same(name, "id") ? "deviceId" : name);
}

}  // namespace

Sql is_of_class(const Operand& operand, Class wanted) {
  if (operand.known != Class::unknown) return operand.known == wanted ? "1" : "0";
  switch (wanted) {
    case Class::number:
      return operand.type + " IN ('integer', 'real')";
    case Class::boolean:
      return operand.type + " IN ('true', 'false')";
    case Class::text:
      return operand.type + " = 'text'";
    case Class::null:
      return operand.type + " = 'null'";
    case Class::array:
      return operand.type + " = 'array'";
    default:
      return "0";
  }
}

Sql class_of(const Operand& operand) {
  return Sql("replace(replace(replace(replace(") + operand.type +
         ", 'integer', 'number'), 'real', 'number'), 'true', 'boolean'), 'false', 'boolean')";
}

Operand resolve(const Path& path, Source source, const Place& place) {
  std::vector<std::string> rest = without_source(path.segments, source);
  const std::string first = rest.front();
  rest.erase(rest.begin());
  if (source != Source::jobs && same(first, "properties")) return properties_operand(std::move(rest), place);
  if (source != Source::jobs && same(first, "parentScopes")) return json_operand("parent_scopes", rest, place);
  const Field* field = find_field(first, source);
  return field == nullptr ? undefined() : field_operand(*field, std::move(rest), place);
}

std::string result_name(const Path& path, Source source) {
  const std::vector<std::string> rest = without_source(path.segments, source);
  const bool section = rest.size() == 2 && same(rest.front(), "properties");
  if (rest.size() == 1 || section) {
    if (const Field* field = section ? nullptr : find_field(rest.back(), source)) return std::string(field->name);
    for (const char* name : {"properties", "desired", "reported", "parentScopes"}) {
      if (same(rest.back(), name)) return name;
    }
  }
  return rest.back();
}

}  // namespace fwctl::localhub
