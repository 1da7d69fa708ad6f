// SPDX-License-Identifier: BSL-1.0
#include <llmx/wire/digest.hpp>

#include <boost/test/unit_test.hpp>

#include <string>
#include <string_view>

namespace digest_unit {

#if !defined(LLMX_NO_TLS)

namespace {

std::string hex(const llmx::result<llmx::sha256_digest>& d) {
    std::string out;
    llmx::append_hex(out, llmx::bytes_of(d.value()));
    return out;
}

} // namespace

BOOST_AUTO_TEST_SUITE(digest)

BOOST_AUTO_TEST_CASE(sha_256_is_that_of_fips_180) {
    BOOST_TEST(hex(llmx::sha256_of("")) == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    BOOST_TEST(hex(llmx::sha256_of("abc")) == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

BOOST_AUTO_TEST_CASE(pieces_have_the_digest_of_the_whole) {
    llmx::sha256 h;
    for (const std::string_view piece : {"a", "", "bc"}) h.add(piece);
    BOOST_TEST(hex(h.finish()) == hex(llmx::sha256_of("abc")));
    BOOST_TEST((h.finish().error() == llmx::errc::internal), "a digest is there once");
}

BOOST_AUTO_TEST_CASE(hmac_is_that_of_rfc_4231) {
    BOOST_TEST(hex(llmx::hmac_sha256(std::string(20, '\x0b'), "Hi There")) ==
               "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7");
    BOOST_TEST(hex(llmx::hmac_sha256("Jefe", "what do ya want for nothing?")) ==
               "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
    BOOST_TEST(hex(llmx::hmac_sha256(std::string_view(), std::string_view())) ==
               "b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad");
}

BOOST_AUTO_TEST_CASE(what_is_wiped_is_gone) {
    std::string text = "a secret that is longer than a small string";
    const char* const at = text.data();
    llmx::wipe(text);
    BOOST_TEST(text.empty());
    BOOST_TEST(at[1] == '\0');
}

BOOST_AUTO_TEST_SUITE_END()

#endif

} // namespace digest_unit
