# cmake -DFOLDER=<schemas> -DOUTPUT=<file.cpp> -P embed.cmake: the schemas and their common definitions as C++ tables.
function(table folder result)
  file(GLOB files "${folder}/*.json")
  list(SORT files)
  set(rows "")
  foreach(file IN LISTS files)
    get_filename_component(name "${file}" NAME_WE)
    file(READ "${file}" text)
    string(JSON describes ERROR_VARIABLE nothing GET "${text}" description)
    string(APPEND rows "      {R\"=(${name})=\", R\"=(${describes})=\",\n       R\"=(${text})=\"},\n")
  endforeach()
  set(${result} "{\n${rows}  }" PARENT_SCOPE)
endfunction()

table("${FOLDER}" schemas)
table("${FOLDER}/defs" definitions)
file(WRITE "${OUTPUT}" "#include \"cmd/fwctl/schemas.hpp\"

namespace fwctl::cli {

const std::vector<Schema>& schemas() {
  static const std::vector<Schema> list${schemas};
  return list;
}

const std::vector<Schema>& schema_definitions() {
  static const std::vector<Schema> list${definitions};
  return list;
}

}  // namespace fwctl::cli
")
