#include "lib/localhub/store/database.hpp"

#include <fmt/core.h>
#include <sys/stat.h>

#include "fwctl/base/error.hpp"

namespace fwctl::localhub {
namespace {

void check(int code, sqlite3* database, std::string_view doing) {
  if (code == SQLITE_OK || code == SQLITE_ROW || code == SQLITE_DONE) return;
  const char* why = database != nullptr ? sqlite3_errmsg(database) : sqlite3_errstr(code);
  throw Error(fmt::format("the hub's store can't {}: {}", doing, why));
}

struct Binder {
  sqlite3_stmt* statement;
  int index;
  int operator()(std::nullptr_t) const { return sqlite3_bind_null(statement, index); }
  int operator()(std::int64_t value) const { return sqlite3_bind_int64(statement, index, value); }
  int operator()(double value) const { return sqlite3_bind_double(statement, index, value); }
  int operator()(const std::string& value) const {
    return sqlite3_bind_text64(statement, index, value.data(), value.size(), SQLITE_TRANSIENT, SQLITE_UTF8);
  }
};

}  // namespace

Statement::Statement(sqlite3* database, std::string_view sql) {
  sqlite3_stmt* raw = nullptr;
  const int code = sqlite3_prepare_v3(database, sql.data(), static_cast<int>(sql.size()), 0, &raw, nullptr);
  statement_.reset(raw);
  check(code, database, "prepare a statement");
}

Statement& Statement::bind(int index, const SqlValue& value) {
  check(std::visit(Binder{statement_.get(), index}, value), sqlite3_db_handle(statement_.get()), "bind a value");
  return *this;
}

bool Statement::step() {
  const int code = sqlite3_step(statement_.get());
  if (code == SQLITE_ROW) return true;
  const std::string why = code == SQLITE_DONE ? "" : sqlite3_errmsg(sqlite3_db_handle(statement_.get()));
  sqlite3_reset(statement_.get());
  if (code != SQLITE_DONE) throw Error("the hub's store can't run a statement: " + why);
  return false;
}

void Statement::run() {
  while (step()) {
  }
}

void Statement::reset() { sqlite3_reset(statement_.get()); }

int Statement::columns() const { return sqlite3_column_count(statement_.get()); }

bool Statement::is_null(int column) const { return sqlite3_column_type(statement_.get(), column) == SQLITE_NULL; }

std::int64_t Statement::integer(int column) const { return sqlite3_column_int64(statement_.get(), column); }

double Statement::real(int column) const { return sqlite3_column_double(statement_.get(), column); }

std::string Statement::text(int column) const {
  const auto* bytes = reinterpret_cast<const char*>(sqlite3_column_text(statement_.get(), column));
  const auto size = static_cast<std::size_t>(sqlite3_column_bytes(statement_.get(), column));
  return bytes == nullptr ? std::string{} : std::string(bytes, size);
}

SqlValue Statement::value(int column) const {
  switch (sqlite3_column_type(statement_.get(), column)) {
    case SQLITE_INTEGER:
      return integer(column);
    case SQLITE_FLOAT:
      return real(column);
    case SQLITE_NULL:
      return nullptr;
    default:
      return text(column);
  }
}

Database::Database(const std::string& path) {
  // SQLite gives its -wal and -shm files the mode of the database, so the mask here covers all three.
  const mode_t old_mask = umask(S_IRWXG | S_IRWXO);
  sqlite3* raw = nullptr;
  const int code = sqlite3_open_v2(path.c_str(), &raw, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, nullptr);
  umask(old_mask);
  database_.reset(raw);
  check(code, raw, "open " + path);
  sqlite3_busy_timeout(raw, 5'000);
  execute("PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA foreign_keys = ON;");
}

Statement Database::prepare(std::string_view sql) const { return {database_.get(), sql}; }

void Database::execute(const std::string& sql) const {
  check(sqlite3_exec(database_.get(), sql.c_str(), nullptr, nullptr, nullptr), database_.get(), "run a statement");
}

std::int64_t Database::changes() const { return sqlite3_changes64(database_.get()); }

Transaction::Transaction(const Database& database) : database_(database) { database_.execute("BEGIN IMMEDIATE"); }

Transaction::~Transaction() {
  if (open_) sqlite3_exec(database_.handle(), "ROLLBACK", nullptr, nullptr, nullptr);
}

void Transaction::commit() {
  database_.execute("COMMIT");
  open_ = false;
}

}  // namespace fwctl::localhub
