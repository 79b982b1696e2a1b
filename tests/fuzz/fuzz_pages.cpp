#include <nlohmann/json.hpp>

#include "fwctl/base/utf8.hpp"
#include "fwctl/iothub/error.hpp"
#include "lib/iothub/codec.hpp"
#include "tests/fuzz/fuzz_target.hpp"

namespace fwctl::fuzz {
namespace {

using Json = nlohmann::ordered_json;

/// Numbers beyond a double are JSON, but this library does not take them.
struct AnyNumber : nlohmann::json_sax<Json> {
  bool null() override { return true; }
  bool boolean(bool) override { return true; }
  bool number_integer(number_integer_t) override { return true; }
  bool number_unsigned(number_unsigned_t) override { return true; }
  bool number_float(number_float_t, const string_t&) override { return true; }
  bool string(string_t&) override { return true; }
  bool binary(binary_t&) override { return true; }
  bool start_object(std::size_t) override { return true; }
  bool key(string_t&) override { return true; }
  bool end_object() override { return true; }
  bool start_array(std::size_t) override { return true; }
  bool end_array() override { return true; }
  bool parse_error(std::size_t, const std::string&, const nlohmann::detail::exception& error) override {
    out_of_range = error.id == 406;
    return false;
  }
  bool out_of_range = false;
};

bool is_json(std::string_view text) {
  AnyNumber reader;
  return Json::sax_parse(text, &reader) || reader.out_of_range;
}

/// A page that this reader takes is taken by the other, too, row by row; and what the other takes is not refused.
void page(const std::string& text) {
  std::vector<std::string> rows;
  const Json whole = Json::parse(text, nullptr, /*allow_exceptions=*/false);
  try {
    rows = iothub::rows_from_text(text, "a page");
  } catch (const iothub::ProtocolError& error) {
    const bool deep = std::string_view(error.what()).find("deeper") != std::string_view::npos;
    // The other reader takes a NUL for the end.
    require(deep || !whole.is_array() || text.find('\0') != std::string::npos, "a page is refused that is JSON");
    return;
  }
  for (const std::string& row : rows) {
    require(row.find_first_of("\n\r") == std::string::npos, "a row has two lines");
    require(with_utf8_mended(row) == row, "a row is not UTF-8");
    require(is_json(row), "a row is not JSON: " + row);
  }
  if (whole.is_discarded()) return;
  require(rows.size() == whole.size(), "rows are lost");
  for (std::size_t i = 0; i < rows.size(); ++i) require(Json::parse(rows[i]) == whole[i], "a row reads otherwise");
}

}  // namespace
}  // namespace fwctl::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  fwctl::fuzz::page(std::string(fwctl::fuzz::Input(bytes, size).rest()));
  return 0;
}
