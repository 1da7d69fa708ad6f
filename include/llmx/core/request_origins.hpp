// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/config.hpp>

#include <cstddef>
#include <cstdint>
#include <vector>

namespace llmx::inline LLMX_ABI {

/// The place of a message, a part or a tool in the request from which it was decoded.
struct wire_origin {
    static constexpr std::uint32_t no_index = static_cast<std::uint32_t>(-1);
    wire_origin() = default;
    explicit wire_origin(std::uint32_t in, std::size_t at = no_index, std::size_t within = no_index) noexcept
        : list(in), index(narrow(at)), inner(narrow(within)) {}

    /// Which of the lists of the language, by the language's own numbering.
    std::uint32_t list = 0;
    /// Position in it; without one the list's name is the whole place.
    std::uint32_t index = no_index;
    /// Position in the list that the element itself holds. Of a part it is the position in the list of parts of
    /// another message of the wire, whose own position `index` then is: a decoder has joined messages.
    std::uint32_t inner = no_index;

private:
    [[nodiscard]] static std::uint32_t narrow(std::size_t n) noexcept {
        return n < no_index ? static_cast<std::uint32_t>(n) : no_index;
    }
};

/// The origins of a request's messages, their parts, and its tools: needed for a message to the caller
/// to name a place as the caller wrote it. A decoder fills it in the order of the request.
///
/// Empty for a request that a program made. Members that a layer appends have none.
class request_origins {
public:
    /// A message begins; `part` adds the parts of it.
    void message(wire_origin at) {
        messages_.push_back(at);
        first_part_.push_back(static_cast<std::uint32_t>(parts_.size()));
    }
    void part(wire_origin at) { parts_.push_back(at); }
    void tool(wire_origin at) { tools_.push_back(at); }
    void reserve(std::size_t messages) {
        messages_.reserve(messages);
        first_part_.reserve(messages);
        parts_.reserve(messages);
    }

    /// Each is null when there is none.
    [[nodiscard]] const wire_origin* find_message(std::size_t i) const noexcept {
        return i < messages_.size() ? &messages_[i] : nullptr;
    }
    [[nodiscard]] const wire_origin* find_part(std::size_t in, std::size_t i) const noexcept {
        if (in >= first_part_.size()) return nullptr;
        const std::size_t end = in + 1 < first_part_.size() ? first_part_[in + 1] : parts_.size();
        return first_part_[in] + i < end ? &parts_[first_part_[in] + i] : nullptr;
    }
    [[nodiscard]] const wire_origin* find_tool(std::size_t i) const noexcept {
        return i < tools_.size() ? &tools_[i] : nullptr;
    }
    [[nodiscard]] bool empty() const noexcept { return messages_.empty() && tools_.empty(); }

    /// Two requests with the same content are equal wherever their members were.
    friend bool operator==(const request_origins&, const request_origins&) noexcept { return true; }

private:
    std::vector<wire_origin> messages_, parts_, tools_;
    /// Position in `parts_` of each message's first.
    std::vector<std::uint32_t> first_part_;
};

} // namespace llmx::inline LLMX_ABI
