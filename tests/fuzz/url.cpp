// SPDX-License-Identifier: BSL-1.0
// Base URLs, percent-encoding, data URLs, base64 and query values: what is read can be written
// and reads back the same; of two spellings of the same bytes base64 takes one.
#include "support.hpp"

#include <llmx/server/detail/path.hpp>
#include <llmx/wire/base64.hpp>
#include <llmx/wire/data_url.hpp>
#include <llmx/wire/forwarded_path.hpp>
#include <llmx/wire/http_message.hpp>
#include <llmx/wire/url.hpp>

#include <string>

namespace {

void check_base_url(std::string_view text) {
    const auto url = llmx::parse_base_url(text);
    if (!url) {
        fuzz::require_sentence(url.error());
        return;
    }
    const std::string written = (url->where.tls ? "https://" : "http://") + url->where.authority + url->path;
    fuzz::require(llmx::safe_field_value(written), "a base URL cannot break a header", written);
    const auto again = llmx::parse_base_url(written);
    fuzz::require(again.has_value(), "a base URL that is written is one", written);
    fuzz::require(again->where.tls == url->where.tls && again->where.host == url->where.host &&
                      again->where.port == url->where.port && again->where.authority == url->where.authority &&
                      again->path == url->path,
                  "a base URL that is written reads back the same", written);
}

void check_percent(std::string_view text) {
    std::string encoded;
    llmx::append_percent_encoded(encoded, text);
    const auto decoded = llmx::percent_decode(encoded);
    if (text.find('\0') == std::string_view::npos)
        fuzz::require(decoded.has_value() && *decoded == text, "percent-encoded text decodes to itself", encoded);
    else fuzz::require(decoded.has_error(), "an encoded NUL is refused", encoded);
    if (const auto raw = llmx::percent_decode(text); raw.has_error()) fuzz::require_sentence(raw.error());
    else fuzz::require(raw->size() <= text.size(), "decoding does not add bytes");
}

void check_base64(std::string_view text) {
    const std::string standard = llmx::base64_encode(text);
    const auto back = llmx::base64_decode(standard);
    fuzz::require(back.has_value() && *back == text, "base64 decodes to what was encoded", standard);
    const std::string url_safe = llmx::base64url_encode(text);
    const auto url_back = llmx::base64url_decode(url_safe);
    fuzz::require(url_back.has_value() && *url_back == text, "base64url decodes to what was encoded", url_safe);

    if (const auto bytes = llmx::base64_decode(text); bytes.has_error()) fuzz::require_sentence(bytes.error());
    else fuzz::require_equal(llmx::base64_encode(*bytes), text, "bytes have one spelling in base64");
    if (const auto bytes = llmx::base64url_decode(text)) {
        const std::string_view bare = text.substr(0, std::min(text.find('='), text.size()));
        fuzz::require_equal(llmx::base64url_encode(*bytes), bare, "bytes have one spelling in base64url");
    }
}

void check_data_url(std::string_view text) {
    const auto url = llmx::parse_data_url(text);
    if (!url) {
        fuzz::require_sentence(url.error());
        return;
    }
    const auto bytes = llmx::data_url_bytes(*url);
    if (!bytes) {
        fuzz::require_sentence(bytes.error());
        return;
    }
    const std::string written = llmx::make_data_url(url->media_type, llmx::base64_encode(*bytes));
    const auto again = llmx::parse_data_url(written);
    fuzz::require(again.has_value() && again->base64 && again->media_type == url->media_type,
                  "a data URL that is written is one", written);
    const auto same = llmx::data_url_bytes(*again);
    fuzz::require(same.has_value() && *same == *bytes, "a data URL that is written holds the same bytes", written);
}

} // namespace

/// The paths of requests that are passed on: what is accepted cannot leave the base, and stays so behind one.
static void check_forwarded(std::string_view text) {
    const llmx::result<void> good = llmx::check_forwarded_path(text);
    if (!good) return fuzz::require_sentence(good.error());
    fuzz::require(text.starts_with('/'), "a path that is passed on begins with a slash", text);
    std::string decoded(text);
    for (int i = 0; i != 3; ++i) {
        const llmx::result<std::string> again = llmx::percent_decode(decoded);
        fuzz::require((decoded + "/").find("/../") == std::string::npos, "a path that is passed on has no '..'", decoded);
        fuzz::require(decoded.find_first_of("\\\r\n") == std::string::npos, "a path that is passed on has no backslash and no line break",
            decoded);
        if (!again) break;
        decoded = *again;
    }
    for (const std::string_view base : {"", "/v1", "/openai/v1", "/compatibility/v1"}) {
        const std::string joined = llmx::join_forwarded_path(base, text);
        fuzz::require(llmx::check_forwarded_path(joined).has_value(), "what is joined is still a path that may be passed on", joined);
    }
}

LLMX_FUZZ_TARGET(in) {
    const fuzz::exact_copy copy(in.text());
    const std::string_view text = copy.view();
    check_base_url(text);
    check_percent(text);
    check_base64(text);
    check_data_url(text);
    check_forwarded(text);
    const std::string_view value = llmx::detail::query_value(text, "key");
    std::string name;
    if (llmx::detail::decode_name(value, name)) fuzz::require(name.size() <= value.size(), "decoding does not add bytes");
    const std::string_view inside = llmx::detail::between(text, "/models/", ":generateContent");
    fuzz::require(inside.size() <= text.size(), "a name is a part of its path");
}
