// SPDX-License-Identifier: BSL-1.0
// http_request_reader: the same requests and the same end however the bytes of a connection are
// cut. Steering: byte 0 bit 0 gives small limits; all of them cut.
//
// A fault in a head is found with the byte that makes it or once the head is complete, as Beast's
// parser happens to look; so each connection ends with an empty line, and a head that is both wrong
// and too large may be called either.
#include "support.hpp"

#include <llmx/server/detail/path.hpp>
#include <llmx/server/http_request_reader.hpp>

#include <string>
#include <string_view>

namespace {

using llmx::http_request_reader;

void describe(const http_request_reader& reader, std::string& account) {
    const llmx::http_request_head& head = reader.head();
    account.append(head.method).append(" ").append(head.path).append("?").append(head.query);
    account += " HTTP/" + std::to_string(head.version) + (head.keep_alive ? " keep" : " close");
    account += head.expects_continue ? " expects\n" : "\n";
    for (const llmx::http_field& f : head.fields) account.append(f.name).append(": ").append(f.value).append("\n");
    account.append(reader.body()).append("\n--\n");
}

/// What a server does with what it reads: paths and queries of a request that came whole.
void use(const http_request_reader& reader) {
    std::string decoded;
    (void)llmx::detail::decode_name(reader.head().path, decoded);
    const auto value = llmx::detail::query_value(reader.head().query, "alt");
    fuzz::require(value.size() <= reader.head().query.size(), "a query's value is a part of it");
    (void)reader.head().find("authorization");
}

/// An account of all that was read out of \p bytes.
std::string read_all(std::string_view bytes, fuzz::cut how, std::string_view steering,
                     const llmx::http_request_limits& limits) {
    http_request_reader reader(limits);
    std::string account;
    bool failed = false;
    // The head is there before the body: called until nothing more comes of the bytes at hand.
    const auto parse = [&] {
        for (;;) {
            const http_request_reader::stage before = reader.where();
            const auto seen = reader.parse();
            if (!seen) {
                failed = true;
                fuzz::require_sentence(seen.error());
                account += seen.error().value() == llmx::errc::payload_too_large ? "too large" : "refused";
                return;
            }
            if (*seen == http_request_reader::stage::done) {
                describe(reader, account);
                use(reader);
                reader.next();
            } else if (*seen == before) {
                return;
            }
        }
    };
    const auto arrive = [&](std::span<char> piece) {
        while (!piece.empty() && !failed) {
            const std::span<char> space = reader.space();
            fuzz::require(!space.empty(), "there is room before the request is done");
            const std::size_t n = std::min(space.size(), piece.size());
            std::memcpy(space.data(), piece.data(), n);
            reader.commit(n);
            piece = piece.subspan(n);
            parse();
        }
        return !failed;
    };
    fuzz::in_pieces(bytes, how, steering, arrive);
    char end[] = {'\r', '\n', '\r', '\n'};
    if (!failed && reader.where() == http_request_reader::stage::head && reader.has_bytes()) arrive(end);
    if (!failed) account += reader.has_bytes() || reader.where() != http_request_reader::stage::head ? "open" : "idle";
    return account;
}

} // namespace

LLMX_FUZZ_TARGET(in) {
    llmx::http_request_limits limits;
    if ((in.choice(0) & 1) != 0) {
        limits.max_header = 256;
        limits.max_fields = 4;
        limits.max_body = 64;
    }
    const std::string whole = read_all(in.text(), fuzz::cut::nowhere, in.steering(), limits);
    for (const fuzz::cut how : fuzz::all_cuts)
        fuzz::require_equal(whole, read_all(in.text(), how, in.steering(), limits),
                            "requests do not depend on where their bytes are cut");
}
