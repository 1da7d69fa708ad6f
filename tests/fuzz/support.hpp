// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/core/error.hpp>
#include <llmx/wire/utf8.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <span>
#include <string>
#include <string_view>

/// What every fuzz target uses: properties that end the process when they do not hold, and
/// inputs that say how they are to be cut.
namespace fuzz {

/// Ends the process with the name of the property that does not hold; libFuzzer keeps the input.
[[noreturn]] inline void broken(std::string_view property, std::string_view first = std::string_view(),
                                std::string_view second = std::string_view()) {
    const auto line = [](const char* what, std::string_view text) {
        std::fprintf(stderr, "%s%.*s\n", what, static_cast<int>(std::min<std::size_t>(text.size(), 4000)), text.data());
    };
    line("PROPERTY BROKEN: ", property);
    if (!first.empty()) line("  first:  ", first);
    if (!second.empty()) line("  second: ", second);
    std::abort();
}

inline void require(bool holds, std::string_view property, std::string_view about = std::string_view()) {
    if (!holds) broken(property, about);
}

/// \p a and \p b, two accounts of one input, must be equal.
inline void require_equal(std::string_view a, std::string_view b, std::string_view property) {
    if (a != b) broken(property, a, b);
}

/// A failure must say something, in UTF-8: it goes into JSON. (It may quote a caller's text, line ends and all.)
inline void require_sentence(const llmx::error& e) {
    const std::string text = e.message();
    require(!text.empty(), "a failure has a message");
    require(llmx::valid_utf8(text), "a message is UTF-8", text);
}

/// \p text in memory of exactly its size, so that AddressSanitizer sees a read past its end.
class exact_copy {
public:
    explicit exact_copy(std::string_view text) : bytes_(new char[text.size()]), size_(text.size()) {
        if (size_ != 0) std::memcpy(bytes_.get(), text.data(), size_);
    }
    [[nodiscard]] std::string_view view() const noexcept { return std::string_view(bytes_.get(), size_); }
    [[nodiscard]] std::span<char> span() noexcept { return std::span<char>(bytes_.get(), size_); }

private:
    std::unique_ptr<char[]> bytes_;
    std::size_t size_;
};

/// A text and, behind its last byte 0xff, up to 32 bytes that steer the target: switches and the
/// places to cut at. No UTF-8 text holds 0xff, so that any file is a seed as it is.
class input {
public:
    static constexpr std::size_t max_steering = 32;

    input(const std::uint8_t* data, std::size_t size)
        : input(std::string_view(reinterpret_cast<const char*>(data), size)) {}
    explicit input(std::string_view all) : text_(all) {
        const std::size_t tail = std::min(all.size(), max_steering + 1);
        const std::size_t mark = all.substr(all.size() - tail).rfind('\xff');
        if (mark == std::string_view::npos) return;
        text_ = all.substr(0, all.size() - tail + mark);
        steering_ = all.substr(all.size() - tail + mark + 1);
    }

    [[nodiscard]] std::string_view text() const noexcept { return text_; }
    [[nodiscard]] std::string_view steering() const noexcept { return steering_; }
    /// The steering byte \p i, 0 when it is not there.
    [[nodiscard]] std::uint8_t choice(std::size_t i) const noexcept {
        return i < steering_.size() ? static_cast<std::uint8_t>(steering_[i]) : std::uint8_t{0};
    }

private:
    std::string_view text_, steering_;
};

/// How a stream of bytes arrives.
enum class cut : std::uint8_t {
    nowhere,
    each_byte,
    each_line,
    as_steered, ///< pieces as long as the steering bytes say, over and over
};
inline constexpr cut all_cuts[] = {cut::each_byte, cut::each_line, cut::as_steered};

/// Gives \p text to \p feed in pieces, each a copy of its own as from a socket, until \p feed
/// returns false.
template <class Feed> void in_pieces(std::string_view text, cut how, std::string_view steering, Feed feed) {
    for (std::size_t turn = 0; !text.empty(); ++turn) {
        std::size_t size = text.size();
        switch (how) {
        case cut::nowhere: break;
        case cut::each_byte: size = 1; break;
        case cut::each_line: size = std::min(text.find('\n'), text.size() - 1) + 1; break;
        case cut::as_steered:
            if (!steering.empty()) size = std::size_t{static_cast<std::uint8_t>(steering[turn % steering.size()])} + 1;
            break;
        }
        size = std::min(size, text.size());
        exact_copy piece(text.substr(0, size));
        text.remove_prefix(size);
        if (!feed(piece.span())) return;
    }
}

} // namespace fuzz

#define LLMX_FUZZ_TARGET(input_name) \
    static void fuzz_one(const fuzz::input& input_name); \
    extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size); \
    extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) { \
        fuzz_one(fuzz::input(data, size)); \
        return 0; \
    } \
    static void fuzz_one(const fuzz::input& input_name)
