// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/wire/base64.hpp>

#include <array>
#include <cstddef>
#include <cstdint>

namespace llmx::inline LLMX_ABI {
namespace detail {

inline constexpr std::string_view base64_standard =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
inline constexpr std::string_view base64_url_safe =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

inline constexpr std::uint8_t base64_foreign = 0xFF;

[[nodiscard]] constexpr std::array<std::uint8_t, 256> base64_values(std::string_view alphabet) noexcept {
    std::array<std::uint8_t, 256> t{};
    for (auto& v : t) v = base64_foreign;
    for (std::size_t i = 0; i < alphabet.size(); ++i)
        t[static_cast<unsigned char>(alphabet[i])] = static_cast<std::uint8_t>(i);
    return t;
}

LLMX_DECL void base64_append(std::string& out, std::string_view bytes, std::string_view alphabet, bool padded) {
    const auto at = [bytes](std::size_t i) { return std::uint32_t{static_cast<unsigned char>(bytes[i])}; };
    out.reserve(out.size() + (bytes.size() + 2) / 3 * 4);
    std::size_t i = 0;
    for (; bytes.size() - i >= 3; i += 3) {
        const std::uint32_t v = at(i) << 16 | at(i + 1) << 8 | at(i + 2);
        const char four[4] = {alphabet[v >> 18], alphabet[v >> 12 & 63], alphabet[v >> 6 & 63], alphabet[v & 63]};
        out.append(four, 4);
    }
    const std::size_t left = bytes.size() - i;
    if (left == 0) return;
    const std::uint32_t v = at(i) << 16 | (left == 2 ? at(i + 1) << 8 : 0);
    out += alphabet[v >> 18];
    out += alphabet[v >> 12 & 63];
    if (left == 2) out += alphabet[v >> 6 & 63];
    if (padded) out.append(3 - left, '=');
}

LLMX_DECL error base64_error(std::size_t at) {
    return error(errc::invalid_request, "not valid base64 at byte " + std::to_string(at));
}

/// Decodes text whose padding has been taken off.
LLMX_DECL result<std::string> base64_read(std::string_view text, const std::array<std::uint8_t, 256>& values) {
    const auto at = [&](std::size_t i) { return std::uint32_t{values[static_cast<unsigned char>(text[i])]}; };
    const std::size_t left = text.size() % 4;
    if (left == 1) return base64_error(text.size());
    std::string out;
    out.resize(text.size() / 4 * 3 + (left == 0 ? 0 : left - 1));
    std::size_t i = 0, o = 0;
    for (; text.size() - i >= 4; i += 4) {
        const std::uint32_t a = at(i), b = at(i + 1), c = at(i + 2), d = at(i + 3);
        if (((a | b | c | d) & 0x80) != 0) {
            while (at(i) != base64_foreign) ++i;
            return base64_error(i);
        }
        const std::uint32_t v = a << 18 | b << 12 | c << 6 | d;
        out[o++] = static_cast<char>(v >> 16);
        out[o++] = static_cast<char>(v >> 8 & 0xFF);
        out[o++] = static_cast<char>(v & 0xFF);
    }
    if (left == 0) return out;
    std::uint32_t v = 0;
    for (std::size_t k = 0; k < left; ++k) {
        const std::uint32_t x = at(i + k);
        if (x == base64_foreign) return base64_error(i + k);
        v = v << 6 | x;
    }
    const std::uint32_t unused = left == 2 ? 4 : 2;
    if ((v & ((1u << unused) - 1)) != 0) return base64_error(text.size() - 1);
    v >>= unused;
    if (left == 3) out[o++] = static_cast<char>(v >> 8);
    out[o] = static_cast<char>(v & 0xFF);
    return out;
}

/// Number of '=' at the end, two at most.
LLMX_DECL [[nodiscard]] std::size_t base64_padding(std::string_view text) noexcept {
    if (text.ends_with("==")) return 2;
    return text.ends_with('=') ? 1 : 0;
}

} // namespace detail

LLMX_DECL void append_base64(std::string& out, std::string_view bytes) {
    detail::base64_append(out, bytes, detail::base64_standard, true);
}

LLMX_DECL std::string base64_encode(std::string_view bytes) {
    std::string out;
    append_base64(out, bytes);
    return out;
}

LLMX_DECL std::string base64url_encode(std::string_view bytes) {
    std::string out;
    detail::base64_append(out, bytes, detail::base64_url_safe, false);
    return out;
}

LLMX_DECL result<std::string> base64_decode(std::string_view text) {
    static constexpr auto values = detail::base64_values(detail::base64_standard);
    if (text.size() % 4 != 0) return detail::base64_error(text.size());
    return detail::base64_read(text.substr(0, text.size() - detail::base64_padding(text)), values);
}

LLMX_DECL result<std::string> base64url_decode(std::string_view text) {
    static constexpr auto values = detail::base64_values(detail::base64_url_safe);
    const std::size_t padding = detail::base64_padding(text);
    if (padding != 0 && text.size() % 4 != 0) return detail::base64_error(text.size());
    return detail::base64_read(text.substr(0, text.size() - padding), values);
}

} // namespace llmx::inline LLMX_ABI
