#include "lib/localhub/store/database.hpp"

#include <fmt/core.h>
#include <sys/stat.h>

#include "fwctl/base/error.hpp"

namespace fwctl::localhub {
namespace {

constexpr std::size_t most_idle = 128;

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

sqlite3_stmt* StatementPool::take(std::string_view sql) {
  const auto found = idle_.find(std::string(sql));
  if (found != idle_.end() && !found->second.empty()) {
    sqlite3_stmt* waiting = found->second.back();
    found->second.pop_back();
    --count_;
    return waiting;
  }
  sqlite3_stmt* fresh = nullptr;
  const int code = sqlite3_prepare_v3(database_, sql.data(), static_cast<int>(sql.size()), 0, &fresh, nullptr);
  check(code, database_, "prepare a statement");
  return fresh;
}

void StatementPool::give_back(sqlite3_stmt* statement) {
  sqlite3_reset(statement);
  sqlite3_clear_bindings(statement);
  // Queries of users have texts of their own; they must not pile up.
  if (count_ >= most_idle) finalize_all();
  idle_[sqlite3_sql(statement)].push_back(statement);
  ++count_;
}

void StatementPool::finalize_all() {
  for (const auto& [sql, statements] : idle_) {
    for (sqlite3_stmt* statement : statements) sqlite3_finalize(statement);
  }
  idle_.clear();
  count_ = 0;
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

Database::Database(const std::string& path, Access access) {
  // SQLite gives its -wal and -shm files the mode of the database, so the mask here covers all three.
  const mode_t old_mask = umask(S_IRWXG | S_IRWXO);
  sqlite3* raw = nullptr;
  const int how = access == Access::read_only ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE;
  const int code = sqlite3_open_v2(path.c_str(), &raw, how, nullptr);
  umask(old_mask);
  database_.reset(raw);
  check(code, raw, "open " + path);
  pool_ = std::make_unique<StatementPool>(raw);
  sqlite3_busy_timeout(raw, 5'000);
  if (access == Access::read_only) return;
  chmod(path.c_str(), S_IRUSR | S_IWUSR);  // a copied one may have been anybody's
  execute("PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA foreign_keys = ON;");
}

Statement Database::prepare(std::string_view sql) const { return {*pool_, sql}; }

void Database::execute(const std::string& sql) const {
  check(sqlite3_exec(database_.get(), sql.c_str(), nullptr, nullptr, nullptr), database_.get(), "run a statement");
}

std::int64_t Database::changes() const { return sqlite3_changes64(database_.get()); }

Transaction::Transaction(const Database& database)
    : database_(database), open_(sqlite3_get_autocommit(database.handle()) != 0) {
  if (open_) database_.execute("BEGIN IMMEDIATE");
}

Transaction::~Transaction() {
  if (open_) sqlite3_exec(database_.handle(), "ROLLBACK", nullptr, nullptr, nullptr);
}

void Transaction::commit() {
  if (!open_) return;
  database_.execute("COMMIT");
  open_ = false;
}

}  // namespace fwctl::localhub
