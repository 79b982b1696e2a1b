#include <algorithm>
#include <cmath>

#include "tests/unit/localhub/query_reference.hpp"

namespace fwctl::test::query {
namespace {

using Value = std::optional<Json>;
using Values = std::vector<Value>;

Value real(double value) {
  if (std::isnan(value)) return std::nullopt;
  return Json(value);
}

/// One text a character: UTF-8 lets every character begin with a byte that no other byte of it looks like.
std::vector<std::string> characters(const std::string& text) {
  std::vector<std::string> result;
  for (const char c : text) {
    if ((static_cast<unsigned char>(c) & 0xC0) != 0x80) result.emplace_back();
    result.back() += c;
  }
  return result;
}

std::int64_t length(const std::string& text) { return static_cast<std::int64_t>(characters(text).size()); }

/// Letters of ASCII alone.
std::string in_case(std::string text, bool upper) {
  for (char& c : text) {
    if (upper ? c >= 'a' && c <= 'z' : c >= 'A' && c <= 'Z') c = static_cast<char>(c ^ 0x20);
  }
  return text;
}

Value substring(const std::string& text, const Json& start, const Json& count) {
  if (start.get<double>() < 0 || count.get<double>() < 0) return std::nullopt;
  const std::vector<std::string> all = characters(text);
  const double first = std::floor(start.get<double>());
  const double last = first + std::floor(count.get<double>());
  std::string result;
  for (std::size_t i = 0; i < all.size(); ++i) {
    if (static_cast<double>(i) >= first && static_cast<double>(i) < last) result += all[i];
  }
  return Json(result);
}

Value index_of(const std::string& text, const std::string& part) {
  const std::size_t place = text.find(part);
  return Json(place == std::string::npos ? -1 : length(text.substr(0, place)));
}

Value of_types(const std::string& function, const Value& value) {
  if (function == "IS_DEFINED") return Json(value.has_value());
  if (!value) return Json(false);
  if (function == "IS_NULL") return Json(value->is_null());
  if (function == "IS_BOOL") return Json(value->is_boolean());
  if (function == "IS_NUMBER") return Json(value->is_number());
  if (function == "IS_STRING") return Json(value->is_string());
  if (function == "IS_ARRAY") return Json(value->is_array());
  if (function == "IS_OBJECT") return Json(value->is_object());
  return Json(value->is_primitive());
}

Value of_text(const std::string& function, const std::string& text) {
  if (function == "LENGTH") return Json(length(text));
  return Json(in_case(text, function == "UPPER"));
}

Value of_two_texts(const std::string& function, const std::string& text, const std::string& part) {
  if (function == "STARTSWITH") return Json(text.compare(0, part.size(), part) == 0);
  if (function == "ENDSWITH") {
    return Json(text.size() >= part.size() && text.compare(text.size() - part.size(), part.size(), part) == 0);
  }
  if (function == "CONTAINS") return Json(text.find(part) != std::string::npos);
  return function == "CONCAT" ? Json(text + part) : index_of(text, part);
}

Value of_whole(const std::string& function, std::int64_t x) {
  std::int64_t square = 0;
  if (function == "SIGN") return Json(x > 0 ? 1 : x < 0 ? -1 : 0);
  if (function == "ABS") return x == INT64_MIN ? real(-static_cast<double>(x)) : Json(std::abs(x));
  if (function == "SQUARE" && !__builtin_mul_overflow(x, x, &square)) return Json(square);
  if (function == "CEILING" || function == "FLOOR") return Json(x);
  const auto y = static_cast<double>(x);
  return real(function == "EXP" ? std::exp(y) : y * y);
}

Value of_number(const std::string& function, const Json& number) {
  if (number.is_number_integer()) return of_whole(function, number.get<std::int64_t>());
  const auto x = number.get<double>();
  if (function == "SIGN") return Json(x > 0 ? 1 : x < 0 ? -1 : 0);
  if (function == "ABS") return real(std::abs(x));
  if (function == "SQUARE") return real(x * x);
  if (function == "CEILING") return real(std::ceil(x));
  return real(function == "FLOOR" ? std::floor(x) : std::exp(x));
}

Value as_number(const Json& value) {
  if (value.is_number()) return value;
  if (!value.is_string()) return std::nullopt;
  const Json read = Json::parse(value.get<std::string>(), nullptr, false);
  if (!read.is_number()) return std::nullopt;
  return read.is_number_unsigned() && read.get<std::uint64_t>() > INT64_MAX ? Json(read.get<double>()) : read;
}

Value array_contains(const Json& array, const Json& wanted) {
  if (!array.is_array()) return std::nullopt;
  return Json(std::any_of(array.begin(), array.end(), [&](const Json& element) {
    const bool same_kind =
        (element.is_number() && wanted.is_number()) || std::string(element.type_name()) == wanted.type_name();
    return same_kind && !element.is_structured() && element == wanted;
  }));
}

}  // namespace

std::optional<Json> call(const std::string& function, const Values& arguments) {
  if (function.compare(0, 3, "IS_") == 0) return of_types(function, arguments[0]);
  if (std::any_of(arguments.begin(), arguments.end(), [](const Value& value) { return !value; })) return std::nullopt;
  const Json& first = *arguments[0];
  if (function == "ARRAY_CONTAINS") return array_contains(first, *arguments[1]);
  if (function == "AS_NUMBER") return as_number(first);
  const auto text = [&](std::size_t i) { return arguments[i]->get<std::string>(); };
  if (function == "SUBSTRING") {
    if (!first.is_string() || !arguments[1]->is_number() || !arguments[2]->is_number()) return std::nullopt;
    return substring(text(0), *arguments[1], *arguments[2]);
  }
  if (function == "POWER") {
    if (!first.is_number() || !arguments[1]->is_number()) return std::nullopt;
    return real(std::pow(first.get<double>(), arguments[1]->get<double>()));
  }
  if (arguments.size() == 2) {
    if (!first.is_string() || !arguments[1]->is_string()) return std::nullopt;
    return of_two_texts(function, text(0), text(1));
  }
  if (function == "LENGTH" || function == "LOWER" || function == "UPPER") {
    return first.is_string() ? of_text(function, text(0)) : std::nullopt;
  }
  return first.is_number() ? of_number(function, first) : std::nullopt;
}

}  // namespace fwctl::test::query
