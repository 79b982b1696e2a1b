#include "lib/localhub/front/certificates.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include <fstream>
#include <memory>
#include <sstream>

#include "fwctl/base/error.hpp"
#include "tests/support/fake_clock.hpp"
#include "tests/support/temporary_folder.hpp"

namespace fwctl::localhub {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;
using Certificate = std::unique_ptr<X509, void (*)(X509*)>;

Certificate read(const fs::path& path) {
  const std::unique_ptr<BIO, int (*)(BIO*)> file(BIO_new_file(path.c_str(), "r"), BIO_free);
  return {PEM_read_bio_X509(file.get(), nullptr, nullptr, nullptr), X509_free};
}

std::string text(const fs::path& path) {
  std::ostringstream content;
  content << std::ifstream(path).rdbuf();
  return content.str();
}

class CertificatesInAFolder : public testing::Test {
 protected:
  Certificates ensure(const std::vector<std::string>& names = {"localhost", "127.0.0.1"}) {
    return ensure_certificates(folder_.path(), names, clock_.now());
  }
  bool ca_signed(const Certificates& files) {
    const Certificate ca = read(files.ca);
    return X509_verify(read(files.server).get(), X509_get0_pubkey(ca.get())) == 1 &&
           X509_verify(read(files.rsa_server).get(), X509_get0_pubkey(ca.get())) == 1;
  }
  static bool key_fits(const fs::path& certificate, const fs::path& key_file) {
    const std::unique_ptr<BIO, int (*)(BIO*)> file(BIO_new_file(key_file.c_str(), "r"), BIO_free);
    const std::unique_ptr<EVP_PKEY, void (*)(EVP_PKEY*)> key(
        PEM_read_bio_PrivateKey(file.get(), nullptr, nullptr, nullptr), EVP_PKEY_free);
    return X509_check_private_key(read(certificate).get(), key.get()) == 1;
  }
  bool key_fits(const Certificates& files) {
    return key_fits(files.server, files.server_key) && key_fits(files.rsa_server, files.rsa_server_key);
  }

  test::TemporaryFolder folder_;
  test::FakeClock clock_;
};

TEST_F(CertificatesInAFolder, HaveKeysForTheirOwnerAlone) {
  const Certificates files = ensure();
  const fs::path ca_key = folder_.path() / "ca.key";
  for (const auto& key : {ca_key, files.server_key, files.rsa_server_key}) {
    EXPECT_EQ(fs::status(key).permissions(), fs::perms{0600}) << key;
    fs::permissions(key, fs::perms{0644});
  }
  ensure();
  for (const auto& key : {ca_key, files.server_key, files.rsa_server_key})
    EXPECT_EQ(fs::status(key).permissions(), fs::perms{0600}) << key;
}

TEST_F(CertificatesInAFolder, AreOfEitherKind) {
  const auto kind = [](const fs::path& path) { return EVP_PKEY_get_base_id(X509_get0_pubkey(read(path).get())); };
  const Certificates files = ensure();
  EXPECT_EQ(kind(files.server), EVP_PKEY_EC);
  EXPECT_EQ(kind(files.rsa_server), EVP_PKEY_RSA);
}

TEST_F(CertificatesInAFolder, AreMadeOnceAndKept) {
  const Certificates files = ensure();
  const std::string ca = text(files.ca);
  const std::string server = text(files.server);
  clock_.advance(std::chrono::hours{24 * 300});
  ensure({"127.0.0.1"});

  EXPECT_TRUE(ca_signed(files));
  EXPECT_TRUE(key_fits(files));
  EXPECT_EQ(text(files.ca), ca);
  EXPECT_EQ(text(files.server), server);
}

TEST_F(CertificatesInAFolder, AreForTheirOwnerOnlyWhateverTheFileWasBefore) {
  std::ofstream(folder_.path() / "ca.key") << "anybody may read this";
  const Certificates files = ensure();

  EXPECT_EQ(fs::status(files.server_key).permissions(), fs::perms{0600});
  EXPECT_EQ(fs::status(folder_.path() / "ca.key").permissions(), fs::perms{0600});
}

TEST_F(CertificatesInAFolder, NameEveryHostAndAddressAsWhatItIs) {
  const Certificates files = ensure({"hub.example.com", "127.0.0.1", "::1"});
  const Certificate server = read(files.server);

  EXPECT_EQ(X509_check_host(server.get(), "hub.example.com", 0, 0, nullptr), 1);
  EXPECT_EQ(X509_check_ip_asc(server.get(), "127.0.0.1", 0), 1);
  EXPECT_EQ(X509_check_ip_asc(server.get(), "::1", 0), 1);
  EXPECT_EQ(X509_check_host(server.get(), "other.example.com", 0, 0, nullptr), 0);
  EXPECT_EQ(X509_check_ip_asc(server.get(), "127.0.0.2", 0), 0);
}

TEST_F(CertificatesInAFolder, OfTheServerAreMadeAnewUnderTheSameCaForANewName) {
  const std::string ca = text(ensure().ca);
  for (const char* name : {"hub.example.com", "10.0.0.7"}) {
    const std::string before = text(folder_.path() / "server.pem");
    const Certificates files = ensure({"localhost", name});

    EXPECT_EQ(text(files.ca), ca);
    EXPECT_NE(text(files.server), before) << name;
    EXPECT_TRUE(ca_signed(files));
    EXPECT_TRUE(key_fits(files));
  }
}

TEST_F(CertificatesInAFolder, AreRenewedWhenAMonthIsLeft) {
  const Certificates files = ensure();
  const std::string ca = text(files.ca);
  const std::string server = text(files.server);
  clock_.advance(std::chrono::hours{24 * 336});
  ensure();
  EXPECT_EQ(text(files.ca), ca);
  EXPECT_NE(text(files.server), server);
  EXPECT_TRUE(ca_signed(files));

  clock_.advance(std::chrono::hours{24 * 3650});
  ensure();
  EXPECT_NE(text(files.ca), ca);
  EXPECT_TRUE(ca_signed(files));
}

/// A hub that is killed while it writes, or a disk that is full, leaves any of these.
TEST_F(CertificatesInAFolder, AreMendedWhenAFileIsGoneOrDamaged) {
  for (const char* name : {"ca.pem", "ca.key", "server.pem", "server.key", "server-rsa.pem", "server-rsa.key"}) {
    ensure();
    std::ofstream(folder_.path() / name) << "-----BEGIN";
    EXPECT_TRUE(ca_signed(ensure()) && key_fits(ensure())) << name << " damaged";

    fs::remove(folder_.path() / name);
    EXPECT_TRUE(ca_signed(ensure()) && key_fits(ensure())) << name << " gone";
  }
}

TEST_F(CertificatesInAFolder, AreMendedWhenAKeyIsNotItsCertificates) {
  const test::TemporaryFolder other;
  ensure_certificates(other.path(), {"localhost"}, clock_.now());
  for (const char* name : {"ca.pem", "ca.key", "server.pem", "server.key", "server-rsa.pem", "server-rsa.key"}) {
    ensure();
    fs::copy_file(other.path() / name, folder_.path() / name, fs::copy_options::overwrite_existing);

    const Certificates files = ensure();
    EXPECT_TRUE(ca_signed(files)) << name;
    EXPECT_TRUE(key_fits(files)) << name;
  }
}

TEST_F(CertificatesInAFolder, TakeNoNameThatIsNoHost) {
  for (const char* name : {"", "a b", "evil,DNS:other.example.com", "a\nb"}) {
    EXPECT_THROW(ensure({"localhost", name}), Error) << name;
  }
}

TEST_F(CertificatesInAFolder, SayWhereTheyCouldNotBeWritten) {
  try {
    ensure_certificates(folder_.path() / "missing", {"localhost"}, clock_.now());
    FAIL();
  } catch (const Error& error) {
    EXPECT_THAT(error.what(), HasSubstr("missing"));
    EXPECT_THAT(error.hint(), HasSubstr("--data-dir"));
  }
}

}  // namespace
}  // namespace fwctl::localhub
