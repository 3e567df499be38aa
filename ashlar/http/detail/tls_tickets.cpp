// SPDX-License-Identifier: Apache-2.0
#include "ashlar/http/detail/tls_tickets.hpp"

#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/params.h>
#include <openssl/rand.h>

#include <algorithm>

namespace ashlar::http::detail {
namespace {

int keys_index() {
  static const int index = SSL_CTX_get_ex_new_index(0, nullptr, nullptr, nullptr, nullptr);
  return index;
}

bool set_mac_key(EVP_MAC_CTX* mac, TicketKeys::Key& key) {
  std::array<char, 7> digest{"SHA256"};
  const std::array<OSSL_PARAM, 3> parameters{
      OSSL_PARAM_construct_octet_string(OSSL_MAC_PARAM_KEY, key.mac_key.data(), key.mac_key.size()),
      OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, digest.data(), 0), OSSL_PARAM_construct_end()};
  return EVP_MAC_CTX_set_params(mac, parameters.data()) == 1;
}

int seal(TicketKeys& keys, unsigned char* name, unsigned char* iv, EVP_CIPHER_CTX* cipher, EVP_MAC_CTX* mac) {
  auto key = keys.current(std::chrono::steady_clock::now());
  if (!key) return 0;  // no ticket this time
  std::ranges::copy(key->name, name);
  const bool done = RAND_bytes(iv, EVP_CIPHER_get_iv_length(EVP_aes_256_cbc())) == 1 &&
                    EVP_EncryptInit_ex(cipher, EVP_aes_256_cbc(), nullptr, key->cipher_key.data(), iv) == 1 &&
                    set_mac_key(mac, *key);
  OPENSSL_cleanse(&*key, sizeof *key);
  return done ? 1 : -1;
}

int open(TicketKeys& keys, const unsigned char* name, const unsigned char* iv, EVP_CIPHER_CTX* cipher,
         EVP_MAC_CTX* mac) {
  auto found = keys.find(std::span<const unsigned char, TicketKeys::name_bytes>(name, TicketKeys::name_bytes),
                         std::chrono::steady_clock::now());
  if (!found) return 0;  // a full handshake
  const bool done = EVP_DecryptInit_ex(cipher, EVP_aes_256_cbc(), nullptr, found->key.cipher_key.data(), iv) == 1 &&
                    set_mac_key(mac, found->key);
  OPENSSL_cleanse(&found->key, sizeof found->key);
  if (!done) return -1;
  return found->age == TicketKeys::Age::current ? 1 : 2;  // 2: it gets a new ticket
}

// NOLINTNEXTLINE(readability-non-const-parameter): OpenSSL's signature
int on_ticket(SSL* ssl, unsigned char* name, unsigned char* iv, EVP_CIPHER_CTX* cipher, EVP_MAC_CTX* mac, int sealing) {
  auto* keys = static_cast<TicketKeys*>(SSL_CTX_get_ex_data(SSL_get_SSL_CTX(ssl), keys_index()));
  return sealing == 1 ? seal(*keys, name, iv, cipher, mac) : open(*keys, name, iv, cipher, mac);
}

}  // namespace

TicketKeys::~TicketKeys() {
  for (auto* made : {&current_, &previous_}) {
    if (*made) OPENSSL_cleanse(&(*made)->key, sizeof(Key));
  }
}

void TicketKeys::rotate(Moment now) {
  if (current_ && now - current_->at >= key_time_) {
    previous_ = current_;
    current_.reset();
  }
  if (previous_ && now - previous_->at >= 2 * key_time_) {
    OPENSSL_cleanse(&previous_->key, sizeof(Key));
    previous_.reset();
  }
}

std::optional<TicketKeys::Key> TicketKeys::current(Moment now) {
  const std::scoped_lock lock(mutex_);
  rotate(now);
  if (!current_) {
    Key key;
    if (RAND_bytes(key.name.data(), static_cast<int>(key.name.size())) != 1 ||
        RAND_priv_bytes(key.cipher_key.data(), static_cast<int>(key.cipher_key.size())) != 1 ||
        RAND_priv_bytes(key.mac_key.data(), static_cast<int>(key.mac_key.size())) != 1) {
      return std::nullopt;
    }
    current_ = {key, now};
  }
  return current_->key;
}

std::optional<TicketKeys::Found> TicketKeys::find(std::span<const unsigned char, name_bytes> name, Moment now) {
  const std::scoped_lock lock(mutex_);
  rotate(now);
  if (current_ && std::ranges::equal(current_->key.name, name)) return Found{current_->key, Age::current};
  if (previous_ && std::ranges::equal(previous_->key.name, name)) return Found{previous_->key, Age::previous};
  return std::nullopt;
}

void TicketKeys::serve(SSL_CTX* context) {
  SSL_CTX_set_ex_data(context, keys_index(), this);
  SSL_CTX_set_tlsext_ticket_key_evp_cb(context, on_ticket);
  // Tickets contain the whole session, so the server stores none.
  SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
  SSL_CTX_set_timeout(context, static_cast<long>((2 * key_time_).count()));
}

}  // namespace ashlar::http::detail
