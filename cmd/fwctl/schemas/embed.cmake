# cmake -DFOLDER=<schemas> -DOUTPUT=<file.cpp> -P embed.cmake: the schemas as a C++ table.
file(GLOB files "${FOLDER}/*.json")
list(SORT files)
set(rows "")
foreach(file IN LISTS files)
  get_filename_component(name "${file}" NAME_WE)
  file(READ "${file}" text)
  string(JSON describes GET "${text}" description)
  string(APPEND rows "      {R\"=(${name})=\", R\"=(${describes})=\",\n       R\"=(${text})=\"},\n")
endforeach()
file(WRITE "${OUTPUT}" "#include \"cmd/fwctl/schemas.hpp\"

namespace fwctl::cli {

const std::vector<Schema>& schemas() {
  static const std::vector<Schema> list{
${rows}  };
  return list;
}

}  // namespace fwctl::cli
")
